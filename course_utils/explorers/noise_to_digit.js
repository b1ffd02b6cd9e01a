// Move time: a cloud of codes flows from noise to the data, and one of them is decoded.

const STEPS = 16;
const SHOWN = [0, 4, 8, 12, 16];
const STRONGEST = 4;

function render({ model, el }) {
  const arrays = unpack(model);
  const { plane, dots, labels } = arrays;
  const { decoder } = makeDecoders(model);
  const velocityOf = makeDecoder(model.get("flow"), arrays);
  const classes = model.get("classes");
  const shape = model.get("image_shape");
  const reach = model.get("reach");
  const size = plane.length / 2;
  const noise = rowsOf(arrays.noise, size);
  const points = arrays.noise.length / size;
  const others = rowsOf(arrays.others, size);
  const rolls = arrays.others.length / size;
  const toPad = (v) => (v / reach + 1) / 2;
  const glide = makeGlide();

  /** Where a code lies on the pad. */
  const seen = (z) =>
    [0, 1].map((axis) => z.reduce((sum, v, j) => sum + v * plane[axis * size + j], 0));
  /** The velocity of a code, guided if a class is asked for. */
  const velocity = (z, time) => {
    const asked = model.get("asked");
    const guidance = model.get("guidance");
    const run = (card) => {
      const told = [time, ...classes.map((_, i) => Number(i === card)), Number(card < 0)];
      return velocityOf([...z, ...told]);
    };
    if (asked < 0) return run(-1);
    if (guidance === 1) return run(asked);
    const free = run(-1);
    if (guidance === 0) return free;
    const told = run(asked);
    return free.map((v, j) => v + guidance * (told[j] - v));
  };
  /** The way of a code from noise to data: STEPS + 1 codes. */
  const wayOf = (z) => {
    const way = [Array.from(z)];
    for (let step = 0; step < STEPS; step++) {
      const last = way[step];
      const v = velocity(last, step / STEPS);
      way.push(last.map((value, j) => value + v[j] / STEPS));
    }
    return way;
  };
  /** Where a way is now. */
  const now = (way) => {
    const at = model.get("time") * STEPS;
    const whole = Math.min(Math.floor(at), STEPS - 1);
    return weighted([way[whole], way[whole + 1]], [1 - at + whole, at - whole]);
  };

  let cloud = [];
  let own = [];
  const plot = makePlot((pen, width, height) => {
    const put = ([x, y]) => [toPad(x) * width, (1 - toPad(y)) * height];
    pen.globalAlpha = 0.35;
    for (let i = 0; i < labels.length; i++) {
      const at = put(dots.subarray(2 * i, 2 * i + 2));
      dot(pen, ...at, width / 200, classes[labels[i]].colour);
    }
    pen.globalAlpha = 0.9;
    const asked = model.get("asked");
    const colour = asked < 0 ? "#808080" : classes[asked].colour;
    for (const way of cloud) dot(pen, ...put(seen(now(way))), width / 110, colour);
    if (!own.length) return;
    pen.strokeStyle = "#808080";
    pen.lineWidth = 2;
    pen.beginPath();
    for (const z of own) pen.lineTo(...put(seen(z)));
    pen.stroke();
    const [x, y] = put(seen(now(own)));
    dot(pen, x, y, width / 45, "#808080");
    dot(pen, x, y, width / 70, "#ffffff");
  });
  const { pad, place } = makePad("Start of the code", plot, (at) =>
    put(model, { start: at.map((v) => (2 * v - 1) * reach) }),
  );

  const picture = makePicture("now", shape);
  const film = SHOWN.map((step) => makePicture(`t = ${step / STEPS}`, shape));
  const strip = element("div", { class: "lc-moments" }, ...film.map(({ figure }) => figure));
  const time = makeSlider("time", [0, 1], (value) => {
    glide.stop();
    put(model, { time: value });
  });
  const guidance = makeSlider("guidance", [0, STRONGEST], (value) =>
    put(model, { guidance: value }),
  );
  const options = [["-1", "any digit"], ...classes.map(({ name }, i) => [`${i}`, name])];
  const { choice, mark } = makeChoice("Ask for", options, (value) =>
    put(model, { asked: Number(value) }),
  );
  const play = makeButton("Play", () =>
    glide.start((t) => put(model, { time: t }), 2500),
  );
  const other = makeButton("Other noise", () =>
    put(model, { roll: (model.get("roll") + 1) % rolls }),
  );
  const tools = element("div", { class: "lc-tools" }, play, other);
  const told = element("p", { class: "lc-told" });

  const showTime = () => {
    const t = model.get("time");
    picture.show(decoder(now(own)));
    time.place(t, decimals(t));
    const codes = cloud.map(now);
    let total = 0;
    for (let j = 0; j < size; j++) {
      const mean = codes.reduce((sum, z) => sum + z[j], 0) / points;
      total += codes.reduce((sum, z) => sum + (z[j] - mean) ** 2, 0) / points;
    }
    told.textContent = `Spread of the cloud: ${decimals(Math.sqrt(total / size))}`;
    plot.redraw();
  };
  const showOwn = () => {
    const start = model.get("start");
    const roll = others(model.get("roll") % rolls);
    own = wayOf(
      roll.map((v, j) => v + start[0] * plane[j] + start[1] * plane[size + j]),
    );
    film.forEach((each, k) => each.show(decoder(own[SHOWN[k]])));
    place(start.map(toPad), `(${start.map(decimals).join(", ")})`);
  };
  const showCloud = () => {
    const w = model.get("guidance");
    const none = model.get("asked") < 0;
    cloud = Array.from({ length: points }, (_, i) => wayOf(noise(i)));
    guidance.place(w, none ? "–" : rounded(w, 1));
    guidance.slider.querySelector("input").disabled = none;
    mark(model.get("asked"));
  };
  const moving = element(
    "div",
    { class: "lc-sliders" },
    time.slider,
    guidance.slider,
    tools,
    told,
  );
  const stage = element("div", { class: "lc-scene" }, pad, picture.figure, strip, moving);
  frame(model, el, "lc-decoding lc-noise-to-digit", stage, choice);
  const stops = [
    follow(model, ["asked", "guidance"], showCloud),
    follow(model, ["asked", "guidance", "start", "roll"], showOwn),
    follow(model, ["asked", "guidance", "start", "roll", "time"], showTime),
    plot.stop,
    glide.stop,
  ];
  return () => stops.forEach((stop) => stop());
}

export default { render };
