// A graph that the reader rewires: edges bend between two classes, nodes are averaged
// over their neighbours, and three descriptions of a node are put to the test.

const SWEEP = 20; // places on the curve of homophily
const INK = "#808080"; // reads on light and dark pages, whichever comes on

/** What never changes: nodes as rows of numbers, their classes, every edge's choices. */
function readGraph(model) {
  const arrays = unpack(model);
  const count = arrays.labels.length;
  const width = arrays.numbers.length / count;
  const own = Array.from({ length: count }, (_, i) =>
    Array.from(arrays.numbers.subarray(i * width, (i + 1) * width)),
  );
  return { ...arrays, count, own, ridge: model.get("ridge") };
}

/** The edges at a homophily, each once: [[a, b, within one class], …]. */
function edgesAt(graph, homophily) {
  const seen = new Set();
  const edges = [];
  for (let e = 0; e < graph.start.length; e++) {
    const from = graph.start[e];
    const to = (graph.chance[e] < homophily ? graph.same : graph.other)[e];
    const [a, b] = from < to ? [from, to] : [to, from];
    const key = a * graph.count + b;
    if (seen.has(key)) continue;
    seen.add(key);
    edges.push([a, b, graph.labels[a] === graph.labels[b]]);
  }
  return edges;
}

/** Rows averaged once. With loops: Kipf & Welling's S; without: the neighbours' mean. */
function averageOnce(rows, edges, loops) {
  const degree = rows.map(() => (loops ? 1 : 0));
  for (const [a, b] of edges) {
    degree[a]++;
    degree[b]++;
  }
  const share = loops
    ? (i, j) => 1 / Math.sqrt(degree[i] * degree[j])
    : (i) => 1 / degree[i];
  const result = rows.map((row, i) => row.map((v) => (loops ? v / degree[i] : 0)));
  const add = (i, j) => {
    const weight = share(i, j);
    for (let k = 0; k < rows[j].length; k++) result[i][k] += weight * rows[j][k];
  };
  for (const [a, b] of edges) {
    add(a, b);
    add(b, a);
  }
  return result;
}

/** What each node is described by, in three ways. */
function describeNodes({ own }, edges, steps) {
  let averaged = own;
  let around = own;
  for (let step = 0; step < steps; step++) {
    averaged = averageOnce(averaged, edges, true);
    around = averageOnce(around, edges, false);
  }
  return { alone: own, averaged, apart: own.map((row, i) => [...row, ...around[i]]) };
}

/** Solves A x = b for a symmetric positive matrix, which it overwrites. */
function solvePositive(A, b) {
  const n = b.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i][j];
      for (let k = 0; k < j; k++) sum -= A[i][k] * A[j][k];
      A[i][j] = i === j ? Math.sqrt(sum) : sum / A[j][j];
    }
  }
  const x = b.slice();
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i] -= A[i][k] * x[k];
    x[i] /= A[i][i];
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i] -= A[k][i] * x[k];
    x[i] /= A[i][i];
  }
  return x;
}

/** Columns' means, and the matrix of their products about them, over some rows. */
function moments2(rows) {
  const width = rows[0].length;
  const mean = Array.from({ length: width }, (_, k) =>
    rows.reduce((sum, row) => sum + row[k], 0) / rows.length,
  );
  const square = mean.map(() => new Array(width).fill(0));
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      const v = row[i] - mean[i];
      for (let j = 0; j <= i; j++) square[i][j] += v * (row[j] - mean[j]);
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) square[j][i] = square[i][j];
  }
  return { mean, square };
}

/** The share of held-out nodes that ridge regression on these rows gets right. */
function heldOutAccuracy({ labels, trained, ridge }, rows) {
  const seen = rows.filter((_, i) => trained[i]);
  const wanted = Array.from(labels.filter((_, i) => trained[i]), (c) => 2 * c - 1);
  const { mean, square } = moments2(seen);
  const width = mean.length;
  const trace = square.reduce((sum, row, i) => sum + row[i], 0);
  const right = mean.map((m, k) =>
    seen.reduce((sum, row, i) => sum + (row[k] - m) * wanted[i], 0),
  );
  for (let i = 0; i < width; i++) square[i][i] += (ridge * trace) / width;
  const weights = solvePositive(square, right);
  const middle = wanted.reduce((a, b) => a + b) / wanted.length;
  let hits = 0;
  let asked = 0;
  rows.forEach((row, i) => {
    if (trained[i]) return;
    const score = row.reduce((sum, v, k) => sum + (v - mean[k]) * weights[k], middle);
    asked++;
    hits += Number(score > 0) === labels[i];
  });
  return hits / asked;
}

function accuraciesAt(graph, homophily, steps) {
  const ways = describeNodes(graph, edgesAt(graph, homophily), steps);
  return Object.fromEntries(
    Object.entries(ways).map(([way, rows]) => [way, heldOutAccuracy(graph, rows)]),
  );
}

/** What always naming the training nodes' commoner class gives. */
function guessing({ labels, trained }) {
  const seen = labels.filter((_, i) => trained[i]);
  const common = Number(seen.reduce((a, b) => a + b, 0) > seen.length / 2);
  const held = labels.filter((_, i) => !trained[i]);
  return held.filter((c) => c === common).length / held.length;
}

/** Two principal components of rows, near the axes that were: places and axes. */
function project(rows, before) {
  const { mean, square } = moments2(rows);
  const axes = [];
  for (let a = 0; a < 2; a++) {
    let axis = mean.map((_, k) => before?.[a][k] ?? 1 / (1 + k + a));
    for (let round = 0; round < 150; round++) {
      for (const other of axes) {
        const shared = axis.reduce((sum, v, k) => sum + v * other[k], 0);
        axis = axis.map((v, k) => v - shared * other[k]);
      }
      axis = square.map((row) => row.reduce((sum, v, k) => sum + v * axis[k], 0));
      const length = Math.hypot(...axis) || 1;
      axis = axis.map((v) => v / length);
    }
    axes.push(axis);
  }
  const places = rows.map((row) =>
    axes.map((axis) => axis.reduce((sum, v, k) => sum + v * (row[k] - mean[k]), 0)),
  );
  return { places, axes };
}

function render({ model, el }) {
  const graph = readGraph(model);
  const classes = model.get("classes");
  const colours = model.get("ways");
  const floor = guessing(graph);
  let axes;
  let places = [];
  let edges = [];
  let sweep = { steps: undefined, curves: {} };

  const plot = makePlot((pen, width, height) => {
    if (!places.length) return;
    const reach = places.flat().reduce((most, v) => Math.max(most, Math.abs(v)), 1e-9);
    const toX = ([x]) => (0.5 + (0.46 * x) / reach) * width;
    const toY = ([, y]) => (0.5 - (0.46 * y) / reach) * height;
    pen.lineWidth = 0.6;
    edges.forEach(([a, b, within]) => {
      pen.globalAlpha = within ? 0.3 : 0.16;
      pen.strokeStyle = within ? classes[graph.labels[a]].colour : INK;
      pen.beginPath();
      pen.moveTo(toX(places[a]), toY(places[a]));
      pen.lineTo(toX(places[b]), toY(places[b]));
      pen.stroke();
    });
    pen.globalAlpha = 1;
    const radius = Math.max(3, width / 105);
    places.forEach((place, i) => {
      const { colour } = classes[graph.labels[i]];
      if (graph.trained[i]) return dot(pen, toX(place), toY(place), radius, colour);
      pen.strokeStyle = colour;
      pen.lineWidth = 1.4;
      pen.beginPath();
      pen.arc(toX(place), toY(place), radius, 0, 2 * Math.PI);
      pen.stroke();
    });
  });
  const map = element("div", { class: "lc-map", role: "img" }, plot.canvas);

  const chart = makePlot((pen, width, height) => {
    const [left, right, top, bottom] = [36, width - 6, 8, height - 18];
    const toX = (h) => left + h * (right - left);
    const toY = (v) => bottom - ((v - 0.2) / 0.8) * (bottom - top);
    pen.font = "11px sans-serif";
    pen.fillStyle = pen.strokeStyle = INK;
    pen.lineWidth = 1;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const v of [0.5, 1]) pen.fillText(`${100 * v}%`, left - 2, toY(v) + (v === 1 ? 3 : 0));
    pen.textAlign = "center";
    for (const h of [0, 0.5, 1]) pen.fillText(`${h}`, toX(h) - (h === 1 ? 3 : 0), height - 7);
    pen.setLineDash([2, 3]);
    line(pen, [[toX(0), toY(floor)], [toX(1), toY(floor)]]);
    pen.setLineDash([]);
    const now = toX(model.get("homophily"));
    line(pen, [[now, top], [now, bottom]]);
    pen.lineWidth = 2;
    for (const [way, values] of Object.entries(sweep.curves)) {
      pen.strokeStyle = colours[way];
      line(pen, values.map((v, i) => [toX(i / SWEEP), toY(v)]));
    }
  });
  const line = (pen, points) => {
    pen.beginPath();
    points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
  };
  const curve = element("div", { class: "lc-curve" }, chart.canvas);

  const slide = (name, limits, pick) => {
    const input = element("input", { type: "range", ...limits });
    const value = element("strong");
    input.addEventListener("input", () => pick(Number(input.value)));
    return { input, value, box: element("label", {}, `${name} `, value, input) };
  };
  const share = slide("Homophily", { min: 0, max: 100, step: 1 }, (v) =>
    put(model, { homophily: v / 100 }),
  );
  const steps = slide("Averaging steps", { min: 0, max: 3, step: 1 }, (v) =>
    put(model, { steps: v }),
  );

  const names = { alone: "own words", averaged: "averaged", apart: "kept apart" };
  const values = {};
  const rows = Object.entries(names).map(([way, name]) => {
    values[way] = element("dd");
    return element("div", {}, element("dt", {}, makeSwatch(colours[way]), name), values[way]);
  });
  const guess = element("dd", {}, `${Math.round(100 * floor)}%`);
  rows.push(element("div", {}, element("dt", {}, "guessing"), guess));
  const list = element("dl", {}, ...rows);
  const spoken = element("p", { class: "lc-spoken", role: "status" });
  let timer;

  const show = () => {
    const [homophily, count] = [model.get("homophily"), model.get("steps")];
    edges = edgesAt(graph, homophily);
    const ways = describeNodes(graph, edges, count);
    ({ places, axes } = project(ways.averaged, axes));
    const words = Object.entries(ways).map(([way, each]) => {
      values[way].textContent = `${Math.round(100 * heldOutAccuracy(graph, each))}%`;
      return `${names[way]} ${values[way].textContent}`;
    });
    share.input.value = Math.round(100 * homophily);
    share.value.textContent = decimals(homophily);
    steps.input.value = steps.value.textContent = count;
    if (sweep.steps !== count) {
      sweep = { steps: count, curves: { alone: [], averaged: [], apart: [] } };
      for (let i = 0; i <= SWEEP; i++) {
        for (const [way, v] of Object.entries(accuraciesAt(graph, i / SWEEP, count))) {
          sweep.curves[way].push(v);
        }
      }
    }
    const said = `Held-out nodes right: ${words.join(", ")}, guessing ${guess.textContent}`;
    map.setAttribute("aria-label", `map of ${graph.count} nodes, averaged. ${said}`);
    clearTimeout(timer);
    timer = setTimeout(() => (spoken.textContent = said), 700);
    plot.redraw();
    chart.redraw();
  };

  const marks = element("span", {}, "● seen, ○ held out");
  const key = makeKey(classes);
  key.append(marks);
  const right = element("p", { class: "lc-right" }, "Held-out nodes classified right:");
  const by = element("p", { class: "lc-by" }, "The same at every homophily:");
  const side = element("div", { class: "lc-side" }, share.box, steps.box, right, list, by, curve);
  const left = element("div", {}, map, key);
  frame(model, el, "lc-rewire", element("div", { class: "lc-scene" }, left, side), spoken);
  const stop = follow(model, ["homophily", "steps"], show);
  return () => {
    clearTimeout(timer);
    plot.stop();
    chart.stop();
    stop();
  };
}

export default { render };
