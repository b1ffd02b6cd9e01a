// Drag over a map of images: the one nearest to the marker, and its true neighbours.

function render({ model, el }) {
  const arrays = unpack(model);
  const { labels } = arrays;
  const classes = model.get("classes");
  const shape = model.get("image_shape");
  const row = rowsOf(arrays.images, shape.reduce((a, b) => a * b, 1));
  const count = arrays.neighbours.length / labels.length;
  const near = rowsOf(arrays.neighbours, count);
  const names = model.get("maps");
  const places = () => rowsOf(arrays[`${model.get("map")}.places`], 2);
  const thumbnails = Array.from(labels, (_, i) => {
    const canvas = element("canvas", { width: shape[1], height: shape[0] });
    showImage(canvas, row(i), shape);
    return canvas;
  });

  /** Indices of the images nearest to a point of the map. */
  const nearest = ([x, y], many) => {
    const place = places();
    const far = (i) => (place(i)[0] - x) ** 2 + (place(i)[1] - y) ** 2;
    const away = Float64Array.from(labels, (_, i) => far(i));
    return [...labels.keys()].sort((a, b) => away[a] - away[b]).slice(0, many);
  };
  const chosen = () => nearest(model.get("at"), 1)[0];

  const plot = makePlot((pen, width, height) => {
    const place = places();
    const spot = (i) => [place(i)[0] * width, (1 - place(i)[1]) * height];
    const tile = (i, size, edge) => {
      const [x, y] = spot(i);
      pen.fillStyle = classes[labels[i]].colour;
      pen.fillRect(x - size / 2 - edge, y - size / 2 - edge, size + 2 * edge, size + 2 * edge);
      pen.drawImage(thumbnails[i], x - size / 2, y - size / 2, size, size);
    };
    const size = width / 26;
    pen.globalAlpha = 0.75;
    for (let i = 0; i < labels.length; i++) tile(i, size, 1.5);
    pen.globalAlpha = 1;
    const here = chosen();
    for (const [colour, wide] of [["#1b1d21", 4], ["#ffffff", 2]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = wide;
      for (const j of near(here)) {
        pen.beginPath();
        pen.moveTo(...spot(here));
        pen.lineTo(...spot(j));
        pen.stroke();
      }
    }
    for (const i of [...near(here), here]) tile(i, 1.5 * size, 3);
  });
  const { pad, place: mark } = makePad("Place on the map", plot, (at) => put(model, { at }));

  const picture = makePicture("", shape);
  picture.image.setAttribute("aria-label", "the image picked");
  const neighbours = Array.from({ length: count }, () => makePicture("", shape));
  const strip = element("div", { class: "lc-near" });
  strip.append(...neighbours.map(({ figure }) => figure));
  const name = element("p", { class: "lc-where" });
  const told = element("p", { class: "lc-nearby" });

  const show = () => {
    const at = model.get("at");
    const here = chosen();
    const several = classes.length > 1;
    picture.show(row(here));
    near(here).forEach((j, k) => {
      neighbours[k].show(row(j));
      const called = several ? classes[labels[j]].name : `image ${j + 1}`;
      neighbours[k].image.setAttribute("aria-label", `neighbour ${k + 1}: ${called}`);
    });
    // Its nearest on the map, itself left out.
    const around = nearest(places()(here), count + 1).filter((i) => i !== here);
    const kept = around.slice(0, count).filter((i) => near(here).includes(i)).length;
    name.textContent = several ? classes[labels[here]].name : `image ${here + 1}`;
    told.textContent = `Of its ${count} nearest in truth, the map keeps ${kept} nearest.`;
    mark(at, `${name.textContent}. ${told.textContent}`);
    plot.redraw();
  };
  const { choice, mark: check } = makeChoice("Map", names.map((n) => [n, n]), (map) => {
    const here = chosen(); // the same image on the other map
    model.set("map", map);
    put(model, { at: [...places()(here)] });
  });
  const words = element("div", { class: "lc-words" }, name, told);
  const below = element("div", { class: "lc-truth" }, element("p", {}, "Its nearest in truth:"), strip);
  const stage = element("div", { class: "lc-scene" }, pad, picture.figure, words, below);
  if (names.length > 1) stage.append(choice);
  const key = classes.length > 1 ? [makeKey(classes)] : [];
  frame(model, el, "lc-decoding lc-image-map", stage, ...key);
  const stops = [
    follow(model, ["map"], () => check(model.get("map"))),
    follow(model, ["map", "at"], show),
    plot.stop,
  ];
  return () => stops.forEach((stop) => stop());
}

export default { render };
