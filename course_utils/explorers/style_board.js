// Drag over the code of a conditional decoder: all classes, written by one hand.

function render({ model, el }) {
  const { codes, labels, turns } = unpack(model);
  const { decoder } = makeDecoders(model);
  const classes = model.get("classes");
  const shape = model.get("image_shape");
  const reach = model.get("reach");
  const toPad = (v) => (v / reach + 1) / 2;

  const plot = makePlot((pen, width, height) => {
    pen.strokeStyle = "#808080";
    pen.globalAlpha = 0.5;
    for (const [x, y] of [[1, 0], [0, 1]]) {
      pen.beginPath();
      pen.moveTo((width / 2) * y, (height / 2) * x);
      pen.lineTo((width / 2) * (2 * x + y), (height / 2) * (x + 2 * y));
      pen.stroke();
    }
    pen.globalAlpha = 0.8;
    for (let i = 0; i < labels.length; i++) {
      const x = toPad(codes[2 * i]) * width;
      const y = (1 - toPad(codes[2 * i + 1])) * height;
      dot(pen, x, y, width / 130, classes[labels[i]].colour);
    }
  });
  const { pad, place } = makePad("Handwriting", plot, (at) =>
    put(model, { z: at.map((v) => (2 * v - 1) * reach) }),
  );
  const board = element("div", { class: "lc-board" });
  board.style.setProperty("--lc-across", model.get("columns"));
  const pictures = classes.map(({ name }) => {
    const picture = makePicture("", shape);
    picture.image.setAttribute("aria-label", name);
    board.append(picture.figure);
    return picture;
  });
  const where = element("p", { class: "lc-where" });

  const show = () => {
    const z = model.get("z");
    pictures.forEach((picture, asked) => {
      const [a, b, c, d] = turns.subarray(4 * asked);
      const turned = [a * z[0] + b * z[1], c * z[0] + d * z[1]];
      const card = classes.map((_, i) => Number(i === asked));
      picture.show(decoder([...turned, ...card]));
    });
    where.textContent = `z = (${z.map(decimals).join(", ")})`;
    place(z.map(toPad), where.textContent);
  };
  const stage = element("div", { class: "lc-scene" }, pad, where, board);
  frame(model, el, "lc-decoding lc-style-board", stage);
  const stop = follow(model, ["z"], show);
  return () => {
    stop();
    plot.stop();
  };
}

export default { render };
