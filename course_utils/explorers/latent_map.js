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
      pen.fillText(rounded(k * step, digits), axis ? 8 : at, height - (axis ? at : 8));
    }
  });
}

function render({ model, el }) {
  const arrays = unpack(model);
  const { labels } = arrays;
  const classes = model.get("classes");
  const shape = model.get("image_shape");
  const decoders = makeDecoders(model);
  const names = Object.keys(decoders);
  const glide = makeGlide();

  // The plane of the model that is shown: its codes, and the part of it that is seen.
  const view = () => model.get("views")[model.get("model")];
  const codesOf = (name) => rowsOf(arrays[`${name}.codes`], 2);
  const toSquare = (z) => {
    const { centre, reach } = view();
    return [...z].map((v, i) => (v - centre[i] + reach) / (2 * reach));
  };

  const plot = makePlot((pen, width, height) => {
    drawScale(pen, width, height, view());
    pen.globalAlpha = 0.85;
    const code = codesOf(model.get("model"));
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = toSquare(code(i));
      dot(pen, x * width, (1 - y) * height, width / 200, classes[labels[i]].colour);
    }
  });
  const { pad, place } = makePad("Code", plot, (at) => {
    glide.stop();
    const { centre, reach } = view();
    put(model, { z: at.map((v, i) => centre[i] + (2 * v - 1) * reach) });
  });

  const picture = makePicture("", shape);
  picture.image.setAttribute("aria-label", "decoded image");
  const where = element("p", { class: "lc-where" });
  const nearby = element("p", { class: "lc-nearby" });

  /** Which of the drawn codes is nearest to z, and how far it is. */
  const nearest = ([x, y]) => {
    const code = codesOf(model.get("model"));
    let found = { index: 0, distance: Infinity };
    for (let i = 0; i < labels.length; i++) {
      const [a, b] = code(i);
      const distance = Math.hypot(a - x, b - y);
      if (distance < found.distance) found = { index: i, distance };
    }
    return found;
  };

  const showCode = () => {
    const z = model.get("z");
    const { index, distance } = nearest(z);
    const digits = Math.max(2, 1 - Math.floor(Math.log10(view().reach)));
    picture.show(decoders[model.get("model")](z));
    where.textContent = `z = (${z.map((v) => rounded(v, digits)).join(", ")})`;
    const { name } = classes[labels[index]];
    nearby.textContent = `nearest image: ${name}, ${rounded(distance, digits)} away`;
    place(toSquare(z), `${where.textContent}, ${nearby.textContent}`);
  };
  const { choice, mark } = makeChoice("Model", names.map((n) => [n, n]), (chosen) => {
    glide.stop();
    // Go to the same image in the other plane, so that like is compared with like.
    const { index } = nearest(model.get("z"));
    put(model, { model: chosen, z: [...codesOf(chosen)(index)] });
  });
  const showModel = () => {
    mark(model.get("model"));
    plot.redraw();
  };

  /** Glide to the code of the class that has most of its class around it. */
  const glideTo = (c) => {
    const code = codesOf(model.get("model"));
    const members = [...labels.keys()].filter((i) => labels[i] === c);
    const median = [0, 1].map((axis) => {
      const values = members.map((i) => code(i)[axis]).sort((a, b) => a - b);
      return values[values.length >> 1];
    });
    const far = (i) => Math.hypot(code(i)[0] - median[0], code(i)[1] - median[1]);
    const typical = members.reduce((a, b) => (far(b) < far(a) ? b : a));
    const ends = [model.get("z"), [...code(typical)]];
    glide.start((t) => put(model, { z: weighted(ends, [1 - t, t]) }));
  };
  const places = element("div", { class: "lc-classes" }, "Glide to");
  classes.forEach(({ name, colour }, c) => {
    if (!labels.includes(c)) return;
    const label = { "aria-label": `Glide to ${name}` };
    places.append(makeButton([makeSwatch(colour), name], () => glideTo(c), label));
  });

  const words = element("div", { class: "lc-words" }, where, nearby);
  const stage = element("div", { class: "lc-scene" }, pad, picture.figure, words);
  if (names.length > 1) stage.append(choice);
  frame(model, el, "lc-decoding lc-latent-map", stage, places);
  const stops = [
    follow(model, ["model"], showModel),
    follow(model, ["model", "z"], showCode),
    plot.stop,
    glide.stop,
  ];
  return () => stops.forEach((stop) => stop());
}

export default { render };
