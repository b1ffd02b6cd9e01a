// What every explorer needs: elements, its frame, the arrays that packing.py packed,
// and a canvas to draw on.

/** An element with attributes and children. */
function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
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
 * runs on every change of size. Draw in colours that read on light and dark pages.
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
  new ResizeObserver(redraw).observe(canvas);
  return { canvas, redraw };
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

/** A number with two decimals and a true minus sign. */
function decimals(value) {
  return value.toFixed(2).replace("-", "−");
}
