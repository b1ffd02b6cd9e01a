// Pick two images and slide from one to the other: pixels mixed, and codes decoded.

/** The weights of both ends, a share t of the way: straight, or along the arc. */
function shares(start, end, t, spherical) {
  const straight = [1 - t, t];
  const product = (a, b) => a.reduce((sum, v, i) => sum + v * b[i], 0);
  const lengths = [start, end].map((code) => Math.sqrt(product(code, code)));
  const cosine = product(start, end) / (lengths[0] * lengths[1]);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  // Not for a code of zeros (NaN), nor where no one arc joins the two.
  if (!spherical || !(Math.sin(angle) > 1e-4)) return straight;
  const length = straight[0] * lengths[0] + straight[1] * lengths[1];
  return straight.map(
    (w, i) => ((Math.sin(w * angle) / Math.sin(angle)) * length) / lengths[i],
  );
}

function render({ model, el }) {
  const arrays = unpack(model);
  const shape = model.get("image_shape");
  const names = model.get("names");
  const decoders = makeDecoders(model);
  const image = rowsOf(arrays.images, arrays.images.length / names.length);
  const images = names.map((_, i) => image(i));
  const codes = {};
  for (const name of Object.keys(decoders)) {
    const numbers = arrays[`${name}.codes`];
    codes[name] = rowsOf(numbers, numbers.length / names.length);
  }

  const ends = [
    ["first", "From"],
    ["second", "To"],
  ].map(([trait, legend]) => ({
    trait,
    ...makeStrip(legend, images, shape, names, (i) => put(model, { [trait]: i })),
    small: makePicture("", shape),
  }));
  const { slider, place } = makeSlider("Way from one to the other", [0, 1], (t) => put(model, { t }));
  const [from, to] = ends.map(({ small }) => small.image);
  for (const image of [from, to]) image.setAttribute("aria-hidden", "true");
  const way = element("div", { class: "lc-way" }, from, slider, to);

  const mix = makePicture("pixel mix", shape, model.get("pixel_colour"));
  const pictures = {};
  for (const { name, colour } of model.get("decoders")) {
    pictures[name] = makePicture(name, shape, colour);
  }
  const row = [mix, ...Object.values(pictures)].map(({ figure }) => figure);
  const pictured = element("div", { class: "lc-pictures" }, ...row);

  const paths = [[false, "linear"], [true, "spherical"]];
  const { choice, mark } = makeChoice("Path of the codes", paths, (chosen) =>
    put(model, { spherical: chosen === "true" }),
  );

  const show = () => {
    const [first, second, t] = ["first", "second", "t"].map((name) => model.get(name));
    const spherical = model.get("spherical");
    for (const { trait, mark, small } of ends) {
      mark(model.get(trait));
      small.show(images[model.get(trait)]);
    }
    mark(spherical);
    const percent = `${Math.round(100 * t)}%`;
    place(t, `${percent} of the way from ${names[first]} to ${names[second]}`);
    mix.show(weighted([images[first], images[second]], [1 - t, t]));
    for (const [name, decode] of Object.entries(decoders)) {
      const pair = [codes[name](first), codes[name](second)];
      pictures[name].show(decode(weighted(pair, shares(...pair, t, spherical))));
    }
  };
  const strips = ends.map(({ strip }) => strip);
  frame(model, el, "lc-decoding", ...strips, way, pictured, choice);
  return follow(model, ["first", "second", "t", "spherical"], show);
}

export default { render };
