// Drag over the codes of a model's latent plane and see what its decoder makes of it.

/** Faint axes through zero, and numbers along the lower and the left edge. */
function drawScale(pen, width, height, { centre, reach }) {
  const step = roundUp(reach / 3);
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  pen.strokeStyle = pen.fillStyle = "#777879";
  pen.font = "11px sans-serif";
  centre.forEach((middle, axis) => {
    const size = axis ? height : width;
    const first = Math.ceil((middle - reach) / step);
    for (let k = first; k * step <= middle + reach; k++) {
      const at = ((k * step - middle + reach) / (2 * reach)) * size;
      if (at < 24 || at > size - 24) continue; // no room for its number
      const line = (from, to) => {
        const ends = [from, to].map((v) => (axis ? [v, height - at] : [at, height - v]));
        pen.beginPath();
        for (const [x, y] of ends) pen.lineTo(x, y);
        pen.stroke();
      };
      line(0, 5);
      pen.globalAlpha = 0.35;
      if (k === 0) line(0, axis ? width : height);
      pen.globalAlpha = 1;
      pen.textAlign = axis ? "left" : "center";
      pen.textBaseline = axis ? "middle" : "alphabetic";
      const number = (k * step).toFixed(digits).replace("-", "−");
      pen.fillText(number, axis ? 8 : at, height - (axis ? at : 8));
    }
  });
}

function render({ model, el }) {
  const arrays = unpack(model);
  const { labels } = arrays;
  const classes = model.get("classes");
  const maps = {};
  for (const map of model.get("models")) {
    maps[map.name] = {
      ...map,
      codes: arrays[`${map.name}.codes`],
      decode: makeDecoder(map.layers, arrays),
    };
  }
  const shown = () => maps[model.get("model")];

  // From codes to fractions of the square, and back.
  const toSquare = ({ centre, reach }, z) =>
    z.map((v, i) => (v - centre[i] + reach) / (2 * reach));
  const toCode = ({ centre, reach }, at) =>
    at.map((v, i) => centre[i] + (2 * v - 1) * reach);
  const code = ({ codes }, i) => [codes[2 * i], codes[2 * i + 1]];

  const goTo = (z) => {
    model.set("z", z);
    model.save_changes();
  };
  let stopGlide = () => {};

  const plot = makePlot((pen, width, height) => {
    const map = shown();
    drawScale(pen, width, height, map);
    pen.globalAlpha = 0.85;
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = toSquare(map, code(map, i));
      dot(pen, x * width, (1 - y) * height, width / 200, classes[labels[i]].colour);
    }
  });
  const { pad, place } = makePad("Code", plot, (at) => {
    stopGlide();
    goTo(toCode(shown(), at));
  });

  const [height, width] = model.get("image_shape");
  const image = element("canvas", {
    class: "lc-image",
    width,
    height,
    role: "img",
    "aria-label": "decoded image",
  });
  const where = element("p", { class: "lc-where" });
  const nearby = element("p", { class: "lc-nearby" });

  /** The drawn code nearest to z, and how far it is. */
  const nearest = ({ codes }, [x, y]) => {
    let best = 0;
    let distance = Infinity;
    for (let i = 0; i < labels.length; i++) {
      const d = Math.hypot(codes[2 * i] - x, codes[2 * i + 1] - y);
      if (d < distance) [best, distance] = [i, d];
    }
    return { index: best, distance };
  };

  const showCode = () => {
    const map = shown();
    const z = model.get("z");
    const { index, distance } = nearest(map, z);
    showImage(image, map.decode(z), model.get("image_shape"));
    where.textContent = `z = (${z.map(decimals).join(", ")})`;
    const { name } = classes[labels[index]];
    nearby.textContent = `nearest image: ${name}, ${decimals(distance)} away`;
    place(toSquare(map, z), `${where.textContent}, ${nearby.textContent}`);
  };

  const radios = Object.keys(maps).map((name) =>
    element("input", { type: "radio", name: "model", value: name }),
  );
  // A form of its own keeps the radio buttons of two explorers apart.
  const switches = element("form", { class: "lc-models" });
  if (radios.length > 1) {
    const choices = radios.map((radio) => element("label", {}, radio, radio.value));
    switches.append(
      element("fieldset", {}, element("legend", {}, "Model"), ...choices),
    );
  }
  switches.addEventListener("change", ({ target }) => {
    stopGlide();
    // Go to the same image in the other plane, so that like is compared with like.
    const { index } = nearest(shown(), model.get("z"));
    model.set("model", target.value);
    goTo(code(shown(), index));
  });
  const showModel = () => {
    for (const radio of radios) radio.checked = radio.value === model.get("model");
    plot.redraw();
    showCode();
  };

  /** Glide to the code of the class that has most of its class around it. */
  const glideTo = (c) => {
    const map = shown();
    const members = [...labels.keys()].filter((i) => labels[i] === c);
    const median = [0, 1].map((axis) => {
      const values = members.map((i) => code(map, i)[axis]).sort((a, b) => a - b);
      return values[values.length >> 1];
    });
    const far = (i) => Math.hypot(...code(map, i).map((v, axis) => v - median[axis]));
    const typical = members.reduce((a, b) => (far(b) < far(a) ? b : a));
    const [from, to] = [model.get("z"), code(map, typical)];
    stopGlide();
    stopGlide = glide((t) => goTo(from.map((v, axis) => v + t * (to[axis] - v))));
  };
  const places = element("div", { class: "lc-classes" }, "Glide to");
  classes.forEach(({ name, colour }, c) => {
    if (!labels.includes(c)) return;
    const swatch = element("span", { class: "lc-swatch", style: `background:${colour}` });
    const button = element(
      "button",
      { type: "button", "aria-label": `Glide to ${name}` },
      swatch,
      name,
    );
    button.addEventListener("click", () => glideTo(c));
    places.append(button);
  });

  const words = element("div", { class: "lc-words" }, where, nearby);
  const stage = element("div", { class: "lc-scene" }, pad, image, words, switches);
  frame(model, el, "lc-latent-map", stage, places);
  model.on("change:z", showCode);
  model.on("change:model", showModel);
  showModel();
  return () => {
    stopGlide();
    model.off("change:z", showCode);
    model.off("change:model", showModel);
  };
}

export default { render };
