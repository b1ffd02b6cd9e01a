// A point in a triangle of three faces, and the face that its mix of codes decodes to.

// Where the corners stand on the pad, as fractions of it, y upwards.
const PLACES = { top: [0.5, 0.84], left: [0.14, 0.15], right: [0.86, 0.15] };
const [TOP, LEFT, RIGHT] = Object.values(PLACES);

/** The three shares that make this place, some negative outside the triangle. */
function toShares([x, y]) {
  const top = (y - LEFT[1]) / (TOP[1] - LEFT[1]);
  const right = (x - LEFT[0] - top * (TOP[0] - LEFT[0])) / (RIGHT[0] - LEFT[0]);
  return [top, 1 - top - right, right];
}

/** The nearest shares that are not negative and sum to one. */
function ontoTriangle(shares) {
  let sum = 0;
  let shift = 0;
  [...shares]
    .sort((a, b) => b - a)
    .forEach((share, k) => {
      sum += share;
      if (share > (sum - 1) / (k + 1)) shift = (sum - 1) / (k + 1);
    });
  return shares.map((share) => Math.max(0, share - shift));
}

function render({ model, el }) {
  const arrays = unpack(model);
  const shape = model.get("image_shape");
  const faces = model.get("faces");
  const { decoder: decode } = makeDecoders(model);
  const code = rowsOf(arrays.codes, arrays.codes.length / faces);
  const original = arrays.images && rowsOf(arrays.images, arrays.images.length / faces);
  const face = original ?? ((i) => decode(code(i)));

  const small = Object.keys(PLACES).map(() => makePicture("", shape));
  const plot = makePlot((pen, width, height) => {
    const spots = Object.values(PLACES).map(([x, y]) => [x * width, (1 - y) * height]);
    pen.strokeStyle = "#808080";
    pen.beginPath();
    spots.forEach(([x, y]) => pen.lineTo(x, y));
    pen.closePath();
    pen.stroke();
    const size = 0.26 * width;
    spots.forEach(([x, y], k) => {
      pen.drawImage(small[k].image, x - size / 2, y - size / 2, size, size);
    });
  });
  const { pad, place } = makePad("Point between three faces", plot, (at) =>
    put(model, { weights: ontoTriangle(toShares(at)) }),
  );
  pad.classList.add("lc-triangle");

  const mix = makePicture("", shape);
  mix.image.setAttribute("aria-label", "decoded mix of the three faces");

  // The next face in this direction that stands at no other corner, if there is one.
  const swap = (k, step) => {
    const corners = [...model.get("corners")];
    const others = corners.filter((_, corner) => corner !== k);
    for (let tried = 0; tried < faces; tried++) {
      corners[k] = (corners[k] + step + faces) % faces;
      if (!others.includes(corners[k])) break;
    }
    put(model, { corners });
  };
  const pickers = Object.keys(PLACES).map((name, k) => {
    const button = (sign, step, what) =>
      makeButton(sign, () => swap(k, step), { "aria-label": `${what} face, ${name}` });
    const share = element("span");
    const parts = [button("‹", -1, "Previous"), share, button("›", 1, "Next")];
    return { share, swap: element("div", { class: "lc-swap" }, ...parts) };
  });

  const showMix = () => {
    const weights = model.get("weights");
    mix.show(decode(weighted(model.get("corners").map(code), weights)));
    const parts = Object.keys(PLACES).map((name, k) => {
      const percent = `${Math.round(100 * weights[k])}%`;
      pickers[k].share.textContent = `${name} ${percent}`;
      return `${percent} ${name}`;
    });
    place(weighted(Object.values(PLACES), weights), parts.join(", "));
  };
  const showCorners = () => {
    model.get("corners").forEach((i, k) => small[k].show(face(i)));
    plot.redraw();
  };
  const swaps = element("div", { class: "lc-swaps" }, ...pickers.map(({ swap }) => swap));
  const stage = element("div", { class: "lc-scene" }, pad, mix.figure, swaps);
  frame(model, el, "lc-decoding lc-face-triangle", stage);
  const stops = [
    follow(model, ["corners"], showCorners),
    follow(model, ["corners", "weights"], showMix),
    plot.stop,
  ];
  return () => stops.forEach((stop) => stop());
}

export default { render };
