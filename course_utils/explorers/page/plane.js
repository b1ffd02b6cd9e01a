// A plane of codes to drag over: axes through zero, and a dot for each known code.

/**
 * The square from −reach to reach. Dots have a radius of `size`, a share of the plane's
 * width. move(z) hears where the reader goes, place(z, words) puts the marker there.
 */
function makePlane(label, model, size, move) {
  const { codes, labels } = unpack(model);
  const classes = model.get("classes");
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
      dot(pen, x, y, size * width, classes[labels[i]].colour);
    }
  });
  const { pad, place } = makePad(label, plot, (at) =>
    move(at.map((v) => (2 * v - 1) * reach)),
  );
  return { pad, place: (z, words) => place(z.map(toPad), words), stop: plot.stop };
}
