// Catch, played on what an autoencoder keeps of the picture. A move, left, stay or
// right, is a step of the game: nothing moves by itself.

const SIDE = 28;
const TOP = 3;
const GROUND = 25;
const HALF = 3.5; // half the paddle's width
const SPEED = 1.5; // its pixels a move
const REPEAT = 130; // milliseconds between moves while a button is held
const MOVES = { ArrowLeft: 0, ArrowDown: 1, ArrowRight: 2 };

const unit = (v) => Math.min(1, Math.max(0, v));

/** A frame with soft edges, blurred if sigma > 0. */
function drawFrame(ball, height, paddle, [radius, sigma]) {
  let frame = new Float64Array(SIDE * SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      let v = unit(radius + 0.5 - Math.hypot(y - height, x - ball));
      if (y >= SIDE - 2) v = Math.max(v, unit(HALF + 0.5 - Math.abs(x - paddle)));
      frame[y * SIDE + x] = v;
    }
  }
  if (sigma > 0) for (const stride of [SIDE, 1]) frame = blurAlong(frame, stride, sigma);
  return frame.map(unit);
}

/** Add up neighbours along one way, nine of them, with a Gaussian's weights. */
function blurAlong(frame, stride, sigma) {
  return frame.map((_, i) => {
    const at = stride === 1 ? i % SIDE : Math.floor(i / SIDE);
    let sum = 0;
    for (let k = -4; k <= 4; k++) {
      if (at + k < 0 || at + k >= SIDE) continue;
      sum += Math.exp(-0.5 * (k / sigma) ** 2) * frame[i + k * stride];
    }
    return sum;
  });
}

/** What a move changes: traits and their new values. */
function movedBy(action, model) {
  const [ball, eye] = [model.get("ball"), model.get("eye")];
  const wanted = model.get("paddle") + SPEED * (action - 1);
  const paddle = Math.min(SIDE - 1 - HALF, Math.max(HALF, wanted));
  const height = model.get("height") + 1;
  if (height < GROUND) return { paddle, height };
  const add = (trait, one) =>
    model.get(trait).map((n, k) => n + Number(one && k === eye));
  const caught = add("caught", Math.abs(ball - paddle) <= HALF);
  const landed = add("landed", true);
  const uniform = makeUniform(model.get("seed"));
  let next;
  for (let n = landed.reduce((a, b) => a + b); n > 0; n--) next = uniform();
  return { paddle, height: TOP, ball: 2 + 23 * next, caught, landed };
}

function render({ model, el }) {
  const shape = model.get("image_shape");
  const names = model.get("decoders").map(({ name }) => name);
  const decoders = makeDecoders(model);
  const looks = model.get("looks");
  let last = "";

  const act = (action) => {
    const before = model.get("caught").reduce((a, b) => a + b);
    const change = movedBy(action, model);
    if (change.landed) {
      const hit = change.caught.reduce((a, b) => a + b) > before;
      const [ball, paddle] = [model.get("ball"), change.paddle].map(Math.round);
      last = hit
        ? `Caught in column ${ball}.`
        : `Missed: the ball fell in column ${ball}, the paddle was at ${paddle}.`;
    }
    put(model, change);
  };

  // A held button moves on; the first move comes at once.
  let timer;
  const release = () => clearInterval(timer);
  const buttons = ["◀ left", "stay", "right ▶"].map((words, action) => {
    const button = element("button", { type: "button" }, words);
    button.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      button.setPointerCapture(event.pointerId);
      act(action);
      release();
      timer = setInterval(() => act(action), REPEAT);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) {
      button.addEventListener(end, release);
    }
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("click", (event) => {
      if (event.detail === 0) act(action); // by key or screen reader, not by pointer
    });
    return button;
  });
  const keys = element("div", { class: "lc-moves" }, ...buttons);
  keys.addEventListener("keydown", (event) => {
    const action = MOVES[event.key];
    if (action === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act(action);
  });

  const { choice, mark } = makeChoice(
    "Eyes",
    names.map((name, i) => [i, name]),
    (value) => {
      last = "";
      put(model, { eye: Number(value) });
    },
  );
  const seen = makePicture("what the agent sees", shape);
  const real = makePicture("the true picture", shape);
  const scene = element("div", { class: "lc-scene" }, seen.figure, real.figure);
  const truth = element("input", { type: "checkbox" });
  truth.addEventListener("change", () => put(model, { truth: truth.checked }));
  const told = element("p", { class: "lc-told", role: "status" });
  const scores = names.map((name) => element("li", {}));
  const list = element("ul", { class: "lc-scores" }, ...scores);

  const show = () => {
    const eye = model.get("eye");
    const at = ["ball", "height", "paddle"].map((name) => model.get(name));
    const frame = drawFrame(...at, looks[eye]);
    const image = decoders[names[eye]](frame);
    seen.show(image);
    real.show(model.get("truth") ? frame : frame.map(() => 0.5));
    const brightest = image.subarray(0, SIDE * (SIDE - 2)).reduce((a, b) => Math.max(a, b), 0);
    seen.image.setAttribute(
      "aria-label",
      `what the agent sees; brightest pixel of its sky ${decimals(brightest)}`,
    );
    told.textContent = last || "One move is one step: the ball falls a pixel.";
    const [caught, landed] = [model.get("caught"), model.get("landed")];
    scores.forEach((line, k) => {
      line.textContent = `${names[k]}: ${caught[k]} of ${landed[k]} caught`;
      line.classList.toggle("lc-now", k === eye);
    });
    bright.textContent = decimals(brightest);
    truth.checked = model.get("truth");
    mark(eye);
  };
  const bright = element("strong");
  const sky = element("p", { class: "lc-sky" }, "Brightest pixel of the sky it sees: ", bright);
  const without = element(
    "p",
    { class: "lc-floor" },
    `Who never looks and waits in the middle catches ${Math.round(100 * model.get("floor"))} of 100.`,
  );
  const tick = element("label", { class: "lc-truth" }, truth, "show the true picture");
  frame(model, el, "lc-decoding lc-agent-eyes", choice, scene, keys, tick, sky, told, list, without);
  const traits = ["eye", "truth", "ball", "height", "paddle", "caught", "landed", "seed"];
  const stop = follow(model, traits, show);
  return () => {
    release();
    stop();
  };
}

export default { render };
