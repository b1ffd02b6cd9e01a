// What explorers share that decode: their decoders, pictures, and strips to pick from.

/** The model's decoders: {name: function from a code to pixels}. */
function makeDecoders(model) {
  const parameters = unpack(model, "parameters", "parameter_table");
  const decoders = {};
  for (const { name, layers } of model.get("decoders")) {
    decoders[name] = makeDecoder(layers, parameters);
  }
  return decoders;
}

/** A function from i to row i of a matrix; `like` has as many numbers as one row. */
const rowsOf = (matrix, columns) => (i) =>
  matrix.subarray(i * columns, (i + 1) * columns);

/** Add up vectors, each times its weight. */
function weighted(vectors, weights) {
  return vectors[0].map((_, j) =>
    vectors.reduce((sum, vector, i) => sum + weights[i] * vector[j], 0),
  );
}

/** An image with a caption; show(pixels, words) fills it. */
function makePicture(caption, shape, colour = "") {
  const image = element("canvas", {
    class: shape[2] === 3 ? "lc-image lc-smooth" : "lc-image",
    width: shape[1],
    height: shape[0],
    role: "img",
    "aria-label": caption,
  });
  const figure = element("figure", { class: "lc-picture" }, image);
  if (caption) {
    const swatch = colour ? [makeSwatch(colour)] : [];
    figure.append(element("figcaption", {}, ...swatch, caption));
  }
  return { figure, image, show: (pixels) => showImage(image, pixels, shape) };
}

/**
 * A strip of small images, one of which is picked: by mouse, touch or arrow keys.
 * names[i] says what image i is; pick(i) hears the choice; mark(i) shows it.
 */
function makeStrip(legend, images, shape, names, pick) {
  const radios = images.map((pixels, i) => {
    const canvas = element("canvas", {
      width: shape[1],
      height: shape[0],
      "aria-hidden": "true",
    });
    showImage(canvas, pixels, shape);
    const radio = element("input", {
      type: "radio",
      name: "picked",
      value: i,
      "aria-label": names[i],
    });
    return [radio, element("label", {}, radio, canvas)];
  });
  const title = element("legend", {}, legend);
  const choices = element("div", {}, ...radios.map(([, label]) => label));
  for (const [width, most] of [["wide", 12], ["narrow", 10]]) {
    const rows = Math.ceil(images.length / most); // as even as can be
    choices.style.setProperty(`--lc-${width}`, Math.ceil(images.length / rows));
  }
  const fields = element("fieldset", {}, title, choices);
  // A form of its own keeps the radio buttons of two strips apart.
  const strip = element("form", { class: "lc-strip" }, fields);
  strip.addEventListener("change", ({ target }) => pick(Number(target.value)));
  const mark = (i) => {
    radios[i][0].checked = true;
  };
  return { strip, mark };
}

/** A slider with its name and value; move(value) hears it, place(value, words) sets it. */
function makeSlider(name, [low, high], move) {
  const input = element("input", {
    type: "range",
    min: low,
    max: high,
    step: (high - low) / 200,
  });
  const value = element("output", {});
  const title = element("span", {}, name);
  const slider = element("label", { class: "lc-slider" }, title, input, value);
  input.addEventListener("input", () => move(Number(input.value)));
  const place = (number, words) => {
    input.value = number;
    input.setAttribute("aria-valuetext", words);
    value.textContent = words;
  };
  return { slider, place };
}
