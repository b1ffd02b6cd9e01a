// Drag over one plane through the latent spaces of several models.

function render({ model, el }) {
  const arrays = unpack(model);
  const shape = model.get("image_shape");
  const reach = model.get("reach");
  const decoders = makeDecoders(model);

  // One ring for each unit of z.
  const plot = makePlot((pen, width, height) => {
    pen.strokeStyle = "#808080";
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
    place(z.map((v) => (v / reach + 1) / 2), where.textContent);
  };
  const row = Object.values(pictures).map(({ figure }) => figure);
  const pictured = element("div", { class: "lc-pictures" }, ...row);
  const stage = element("div", { class: "lc-stage" }, pad, pictured, where);
  frame(model, el, "lc-decoding lc-two-decoders", stage);
  const stop = follow(model, ["z"], show);
  show();
  return stop;
}

export default { render };
