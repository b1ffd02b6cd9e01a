// Rub a part of an image out; gradient descent on the code completes it.

const STEPS = 50;
const RATE = 0.3;
const BETAS = [0.9, 0.999];
const TINY = 1e-8;
const PROPOSED = 96;
const WIDER = 1.2;
const DRAWS = 4;
const RUBBER = 2.5; // its radius, in pixels
const GAP = [47, 127, 214]; // colour of what is not seen

/** The decoder up to its sigmoid: run, pull gradients back, push directions forward. */
function makeNetwork(model) {
  const numbers = unpack(model, "parameters", "parameter_table");
  const layers = model.get("decoders")[0].layers.slice(0, -1).map(([kind, detail]) =>
    kind === "linear"
      ? { weight: numbers[`${detail}.weight`], bias: numbers[`${detail}.bias`] }
      : { slope: detail },
  );
  const times = (weight, x, sums) => {
    for (let i = 0; i < sums.length; i++) {
      const row = i * x.length;
      let sum = sums[i];
      for (let j = 0; j < x.length; j++) sum += weight[row + j] * x[j];
      sums[i] = sum;
    }
    return sums;
  };
  // what each layer was given, then the logits
  const run = (z) => {
    const given = [z];
    for (const { weight, bias, slope } of layers) {
      const x = given.at(-1);
      given.push(
        weight
          ? times(weight, x, Float64Array.from(bias))
          : x.map((v) => (v > 0 ? v : slope * v)),
      );
    }
    return given;
  };
  const back = (given, gradient) => {
    for (let k = layers.length - 1; k >= 0; k--) {
      const { weight, slope } = layers[k];
      const x = given[k];
      if (!weight) {
        gradient = gradient.map((g, i) => (x[i] > 0 ? g : slope * g));
        continue;
      }
      const sums = new Float64Array(x.length);
      for (let i = 0; i < gradient.length; i++) {
        const g = gradient[i];
        if (g === 0) continue; // a pixel that is not seen
        const row = i * x.length;
        for (let j = 0; j < x.length; j++) sums[j] += g * weight[row + j];
      }
      gradient = sums;
    }
    return gradient;
  };
  const forward = (given, direction) => {
    layers.forEach(({ weight, bias, slope }, k) => {
      direction = weight
        ? times(weight, direction, new Float64Array(bias.length))
        : direction.map((d, i) => (given[k][i] > 0 ? d : slope * d));
    });
    return direction;
  };
  const first = layers.find(({ weight }) => weight);
  return { run, back, forward, size: first.weight.length / first.bias.length };
}

const sigmoid = (v) => 1 / (1 + Math.exp(-v));

/** −log p(seen pixels | z) − log p(z), the latter if there is a prior, up to a constant. */
function energyOf(z, logits, x, seen, prior) {
  let sum = prior ? z.reduce((s, v) => s + v * v, 0) / 2 : 0;
  for (let i = 0; i < x.length; i++) {
    if (!seen[i]) continue;
    const v = logits[i];
    sum += Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))) - x[i] * v;
  }
  return sum;
}

/** Adam on the code, from zero. */
function descend(network, x, seen, prior) {
  const z = new Float64Array(network.size);
  const mean = new Float64Array(network.size);
  const square = new Float64Array(network.size);
  for (let step = 1; step <= STEPS; step++) {
    const given = network.run(z);
    const missed = given.at(-1).map((v, i) => (seen[i] ? sigmoid(v) - x[i] : 0));
    const gradient = network.back(given, missed);
    for (let j = 0; j < z.length; j++) {
      const g = gradient[j] + (prior ? z[j] : 0);
      mean[j] += (1 - BETAS[0]) * (g - mean[j]);
      square[j] += (1 - BETAS[1]) * (g * g - square[j]);
      const size = Math.sqrt(square[j] / (1 - BETAS[1] ** step)) + TINY;
      z[j] -= (RATE * mean[j]) / (1 - BETAS[0] ** step) / size;
    }
  }
  return z;
}

/** The lower triangle L of a positive matrix: L Lᵀ = A, rows as arrays. */
function cholesky(A) {
  const L = A.map((row) => new Float64Array(row.length));
  for (let i = 0; i < A.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i][j];
      for (let k = 0; k < j; k++) sum -= L[i][k] * L[j][k];
      L[i][j] = i === j ? Math.sqrt(sum) : sum / L[j][j];
    }
  }
  return L;
}

/** Four codes from the posterior around z, by sampling and importance resampling. */
function drawCodes(network, z, x, seen, seed) {
  const given = network.run(z);
  const p = given.at(-1).map(sigmoid);
  const slopes = Array.from(z, (_, j) =>
    network.forward(given, z.map((_, k) => Number(j === k))),
  );
  const curvature = slopes.map((a, j) =>
    slopes.map((b, k) => {
      let sum = Number(j === k);
      for (let i = 0; i < p.length; i++) {
        if (seen[i]) sum += a[i] * p[i] * (1 - p[i]) * b[i];
      }
      return sum;
    }),
  );
  const L = cholesky(curvature);
  const noise = normalNoise(seed, PROPOSED * z.length);
  const codes = [];
  const weights = [];
  for (let n = 0; n < PROPOSED; n++) {
    const e = noise.subarray(n * z.length, (n + 1) * z.length);
    const step = new Float64Array(z.length); // solves Lᵀ step = e
    for (let j = z.length - 1; j >= 0; j--) {
      let sum = e[j];
      for (let k = j + 1; k < z.length; k++) sum -= L[k][j] * step[k];
      step[j] = sum / L[j][j];
    }
    const code = z.map((v, j) => v + WIDER * step[j]);
    codes.push(code);
    const energy = energyOf(code, network.run(code).at(-1), x, seen, true);
    weights.push(e.reduce((s, v) => s + v * v, 0) / 2 - energy);
  }
  const top = Math.max(...weights);
  const shares = weights.map((w) => Math.exp(w - top));
  const total = shares.reduce((a, b) => a + b);
  const start = makeUniform(seed + 1)();
  return Array.from({ length: DRAWS }, (_, k) => {
    let rest = ((k + start) / DRAWS) * total;
    const chosen = shares.findIndex((share) => (rest -= share) <= 0);
    return codes[chosen < 0 ? PROPOSED - 1 : chosen];
  });
}

function render({ model, el }) {
  const arrays = unpack(model);
  const shape = model.get("image_shape");
  const [height, width] = shape;
  const images = rowsOf(arrays.images, height * width);
  const names = model.get("names");
  const network = makeNetwork(model);
  const half = Array.from({ length: height * width }, (_, i) =>
    Number(i >= Math.floor(height / 2) * width),
  ).join("");

  // The image to rub: a canvas of its own pixels.
  const canvas = element("canvas", { width, height, "aria-hidden": "true" });
  let at = [0.5, 0.25];
  let down = false; // the rubber, by pointer
  let pressed = false; // and by key
  const rub = () => {
    const [x, y] = [at[0] * width - 0.5, (1 - at[1]) * height - 0.5];
    const marks = [...model.get("rubbed")].map((mark, i) =>
      Math.hypot((i % width) - x, Math.floor(i / width) - y) <= RUBBER ? "1" : mark,
    );
    put(model, { rubbed: marks.join("") });
  };
  const { pad, place } = makePad("Rubber", { canvas }, (to) => {
    const from = at;
    const steps = down || pressed ? Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1]) * 14) : 0;
    for (let k = 1; k <= steps && moved; k++) {
      at = to.map((v, j) => from[j] + ((v - from[j]) * k) / steps);
      rub();
    }
    at = to;
    moved = true;
    if (down || pressed) rub();
    tell();
  });
  let moved = false;
  pad.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button) return;
      down = true;
      moved = false; // no line from where the rubber last was
    },
    true,
  );
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
    pad.addEventListener(end, () => {
      if (!down) return;
      down = false;
      show(); // with the draws, which are too slow to follow a finger
    });
  }
  pad.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (event.repeat) return;
    pressed = !pressed;
    if (pressed) rub();
    tell();
  });
  pad.addEventListener("blur", () => (pressed = false));
  const tell = () => {
    const [column, row] = [at[0] * width, (1 - at[1]) * height].map(Math.round);
    const count = [...model.get("rubbed")].filter((mark) => mark === "1").length;
    const state = pressed ? "rubbing; Space lifts the rubber" : "Space puts the rubber down";
    place(at, `row ${row}, column ${column}; ${count} pixels rubbed out; ${state}`);
  };

  const completed = makePicture("completed", shape);
  const left = element("figure", { class: "lc-picture" }, pad);
  left.append(element("figcaption", {}, "left over: rub here"));
  const draws = Array.from({ length: DRAWS }, (_, k) => makePicture(`draw ${k + 1}`, shape));
  const drawn = element("div", { class: "lc-draws" }, ...draws.map(({ figure }) => figure));
  const scene = element("div", { class: "lc-scene" }, left, completed.figure, drawn);
  const { strip, mark } = makeStrip(
    "Digit",
    names.map((_, i) => images(i)),
    shape,
    names.map((name, i) => `${name}, image ${i + 1}`),
    (image) => put(model, { image }),
  );
  const prior = element("input", { type: "checkbox" });
  prior.addEventListener("change", () => put(model, { prior: prior.checked }));
  const tools = element(
    "div",
    { class: "lc-tools" },
    makeButton("Lower half", () => put(model, { rubbed: half })),
    makeButton("Undo all", () => put(model, { rubbed: half.replaceAll("1", "0") })),
    makeButton("Other draws", () => put(model, { seed: model.get("seed") + 2 })),
    element("label", {}, prior, "with the prior"),
  );
  const told = element("p", { class: "lc-told", "aria-live": "polite" });

  const show = () => {
    const x = images(model.get("image"));
    const seen = Uint8Array.from(model.get("rubbed"), (m) => Number(m === "0"));
    const pen = canvas.getContext("2d");
    const pixels = new ImageData(width, height);
    x.forEach((v, i) => {
      for (let c = 0; c < 3; c++) pixels.data[4 * i + c] = seen[i] ? 255 * v : GAP[c];
      pixels.data[4 * i + 3] = 255;
    });
    pen.putImageData(pixels, 0, 0);
    const withPrior = model.get("prior");
    const z = descend(network, x, seen, withPrior);
    const filled = (code) =>
      network.run(code).at(-1).map((v, i) => (seen[i] ? x[i] : sigmoid(v)));
    const image = filled(z);
    completed.show(image);
    if (!down) {
      const codes = withPrior ? drawCodes(network, z, x, seen, model.get("seed")) : [];
      draws.forEach((picture, k) =>
        picture.show(codes[k] ? filled(codes[k]) : x.map(() => 0.5)),
      );
    }
    drawn.classList.toggle("lc-waiting", down);
    const error = (guess) =>
      x.reduce((sum, v, i) => sum + (seen[i] ? 0 : (guess[i] - v) ** 2), 0);
    const length = Math.sqrt(z.reduce((sum, v) => sum + v * v, 0));
    told.textContent =
      `Squared error on what is rubbed out: ${rounded(error(image), 1)}; the mean image ` +
      `has ${rounded(error(arrays.mean), 1)}. Length of the code: ${rounded(length, 1)}.` +
      (withPrior ? "" : " Without a prior there is nothing to draw from.");
    prior.checked = withPrior;
    mark(model.get("image"));
    tell();
  };
  frame(model, el, "lc-decoding lc-rub-out", strip, scene, tools, told);
  return follow(model, ["image", "rubbed", "prior", "seed"], show);
}

export default { render };
