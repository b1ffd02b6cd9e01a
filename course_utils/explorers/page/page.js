// What every explorer needs: elements and controls, its frame, its traits, the arrays
// that packing.py packed, and a canvas to draw on.

/** An element with attributes and children. */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A button; act() hears its clicks. */
function makeButton(words, act, attributes = {}) {
  const button = element("button", { type: "button", ...attributes }, ...[words].flat());
  button.addEventListener("click", act);
  return button;
}

/** A spot of a colour, to stand before a name. */
function makeSwatch(colour) {
  return element("span", { class: "lc-swatch", style: `background:${colour}` });
}

/** What the colours mean, for a list of {name, colour}. */
function makeKey(items) {
  const entries = items.map(({ name, colour }) =>
    element("span", {}, makeSwatch(colour), name),
  );
  return element("p", { class: "lc-key" }, ...entries);
}

/**
 * Radio buttons [[value, label], …] under a legend; pick(value) hears the choice,
 * mark(value) shows it.
 */
function makeChoice(legend, options, pick) {
  const radios = options.map(([value]) =>
    element("input", { type: "radio", name: "choice", value }),
  );
  const labels = options.map(([, label], i) => element("label", {}, radios[i], label));
  const list = element("div", {}, ...labels);
  const fields = element("fieldset", {}, element("legend", {}, legend), list);
  // A form of its own keeps the radio buttons of two choices apart.
  const choice = element("form", { class: "lc-choices" }, fields);
  choice.addEventListener("change", ({ target }) => pick(target.value));
  const mark = (value) => {
    for (const radio of radios) radio.checked = radio.value === `${value}`;
  };
  return { choice, mark };
}

/** Set several traits and send them to Python together. */
function put(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

/**
 * Call show now, and once after any change of these traits, however many are set
 * together; returns how to stop. It comes before the next key or move of a hand, so that
 * this starts from what is shown; between two frames browsers make one move of many.
 */
function follow(model, traits, show) {
  let due = false;
  const soon = () => {
    if (due) return;
    due = true;
    queueMicrotask(() => {
      due = false;
      show();
    });
  };
  for (const trait of traits) model.on(`change:${trait}`, soon);
  show();
  return () => {
    for (const trait of traits) model.off(`change:${trait}`, soon);
  };
}

/** The explorer's frame: its label, its parts, and one line that says what to try. */
function frame(model, el, name, ...parts) {
  const tip = model.get("try_this");
  const root = element(
    "div",
    {
      class: `lc-live ${name}`,
      role: "group",
      "aria-label": model.get("label"),
    },
    element("p", { class: "lc-title" }, model.get("label")),
    ...parts,
  );
  if (tip) {
    root.append(
      element("p", { class: "lc-try" }, element("strong", {}, "Try this: "), tip),
    );
  }
  // What is typed here is meant for the explorer, not for JupyterLab's shortcuts.
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.altKey && !event.metaKey) event.stopPropagation();
  });
  el.append(root);
}

const POWERS = Float32Array.from({ length: 32 }, (_, e) => 2 ** (e - 25));

/** A float16 from its 16 bits. */
function float16(bits) {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const size = exponent ? (1024 + fraction) * POWERS[exponent] : fraction * 2 ** -24;
  return bits & 0x8000 ? -size : size;
}

// map() on a Float32Array, not Float32Array.from(values, …), which takes far longer.
const READERS = {
  float32: (buffer, at, size) => new Float32Array(buffer, at, size),
  float16: (buffer, at, size) =>
    new Float32Array(new Uint16Array(buffer, at, size)).map(float16),
  uint8: (buffer, at, size) =>
    new Float32Array(new Uint8Array(buffer, at, size)).map((v) => v / 255),
  int8: (buffer, at, size, [rows, columns]) => {
    const scales = new Float32Array(buffer, at, rows);
    const values = new Float32Array(new Int8Array(buffer, at + 4 * rows, size));
    return values.map((v, i) => v * scales[Math.floor(i / columns)]);
  },
};

/** The arrays that packing.py packed into a trait: {name: Float32Array}. */
function unpack(model, trait = "arrays", table = "array_table") {
  const view = model.get(trait); // a DataView that may start anywhere
  const buffer = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const arrays = {};
  for (const { name, stored, shape, at } of model.get(table)) {
    const size = shape.reduce((a, b) => a * b, 1);
    arrays[name] = READERS[stored](buffer, at, size, shape);
  }
  return arrays;
}

/**
 * A canvas that fills its box and is sharp on any screen; draw(pen, width, height)
 * runs on every change of size until stop(). Draw in colours that read on light and dark pages.
 */
function makePlot(draw) {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const redraw = () => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width || !height) return; // not on the page yet, or hidden
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    draw(pen, width, height);
  };
  const watcher = new ResizeObserver(redraw);
  watcher.observe(canvas);
  return { canvas, redraw, stop: () => watcher.disconnect() };
}

/** Fill a small disc. */
function dot(pen, x, y, radius, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

/** 1, 2 or 5 times a power of ten: the smallest that is not below value. */
function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 2, 5, 10].find((step) => step * power >= value * (1 - 1e-9));
}

/** A number with so many decimals and a true minus sign. */
function rounded(value, digits) {
  return value.toFixed(digits).replace("-", "−");
}

/** A number with two decimals. */
function decimals(value) {
  return rounded(value, 2);
}
