// Drag over one plane through the latent spaces of several models.

function render({ model, el }) {
  const arrays = unpack(model);
  const shape = model.get("image_shape");
  const reach = model.get("reach");
  const decoders = makeDecoders(model);
  const marks = model.get("marks");
  const toPad = (v) => (v / reach + 1) / 2;

  // The way round the marks; without marks one ring for each unit of z.
  const plot = makePlot((pen, width, height) => {
    pen.strokeStyle = "#808080";
    if (marks.length) {
      pen.beginPath();
      for (const { z } of marks) {
        pen.lineTo(toPad(z[0]) * width, (1 - toPad(z[1])) * height);
      }
      pen.closePath();
      pen.stroke();
      return;
    }
    for (let r = 1; r <= reach * Math.SQRT2; r++) {
      pen.globalAlpha = 0.5;
      pen.beginPath();
      const radius = (r / reach) * (width / 2);
      pen.arc(width / 2, height / 2, radius, 0, 2 * Math.PI);
      pen.stroke();
    }
    pen.globalAlpha = 0.9;
    pen.beginPath();
    pen.moveTo(0, height / 2);
    pen.lineTo(width, height / 2);
    pen.moveTo(width / 2, 0);
    pen.lineTo(width / 2, height);
    pen.stroke();
  });
  const { pad, place } = makePad("Code", plot, (at) =>
    put(model, { z: at.map((v) => (2 * v - 1) * reach) }),
  );
  for (const { name, z, colour } of marks) {
    const words = element("span", {}, name);
    const mark = element("div", { class: "lc-mark", "aria-hidden": "true" });
    mark.append(makeSwatch(colour), words);
    [mark.style.left, mark.style.bottom] = z.map((v) => `${100 * toPad(v)}%`);
    // The name stands away from the other marks, so off the lines that lead there.
    const away = z.map((v, i) => v - marks.reduce((sum, m) => sum + m.z[i], 0) / marks.length);
    const [x, y] = away.map((v) => (1.3 * v) / (Math.hypot(...away) || 1));
    words.style.transform = `translate(calc(${x}em - 50%), calc(${-y}em - 50%))`;
    plot.canvas.after(mark);
  }
  const pictures = {};
  for (const { name, colour } of model.get("decoders")) {
    pictures[name] = makePicture(name, shape, colour);
  }
  const where = element("p", { class: "lc-where" });

  const show = () => {
    const z = model.get("z");
    for (const [name, decode] of Object.entries(decoders)) {
      const plane = arrays[`${name}.plane`];
      const row = rowsOf(plane, plane.length / 3);
      pictures[name].show(decode(weighted([row(0), row(1), row(2)], [1, ...z])));
    }
    where.textContent = `z = (${z.map(decimals).join(", ")})`;
    place(z.map(toPad), where.textContent);
  };
  const row = Object.values(pictures).map(({ figure }) => figure);
  const pictured = element("div", { class: "lc-pictures" }, ...row);
  const stage = element("div", { class: "lc-scene" }, pad, where, pictured);
  frame(model, el, "lc-decoding lc-two-decoders", stage);
  const stop = follow(model, ["z"], show);
  return () => {
    stop();
    plot.stop();
  };
}

export default { render };
