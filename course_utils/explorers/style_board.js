// Drag over the code of a conditional decoder: all classes, written by one hand.

function render({ model, el }) {
  const { turns } = unpack(model);
  const { decoder } = makeDecoders(model);
  const classes = model.get("classes");
  const shape = model.get("image_shape");
  const { pad, place, stop: stopPlane } = makePlane("Handwriting", model, 1 / 130, (z) =>
    put(model, { z }),
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
    place(z, where.textContent);
  };
  const stage = element("div", { class: "lc-scene" }, pad, where, board);
  frame(model, el, "lc-decoding lc-style-board", stage);
  const stop = follow(model, ["z"], show);
  return () => {
    stop();
    stopPlane();
  };
}

export default { render };
