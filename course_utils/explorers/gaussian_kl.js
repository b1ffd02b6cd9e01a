// Two densities to drag, and what it costs to take the one for the other.

const SEEN = [-6, 6]; // the part of the z axis that is drawn
// As in gaussian_kl.py. q may be wider than p, so that it can cover any two peaks.
const LIMITS = {
  p: { means: [-4, 4], sigmas: [0.5, 2.5] },
  q: { means: [-5, 5], sigmas: [0.5, 5] },
};
const TOP = 0.88; // the density at the chart's upper edge
const BASE = 72; // where the integrands' axis lies, in percent from the top
const BOUND = 5; // nats that the bar of the ELBO shows

/** The log density at z of a mixture [[share, mean, sigma], …]. */
function logDensity(z, parts) {
  let most = -Infinity;
  for (const part of parts) most = Math.max(most, logPart(z, part));
  let sum = 0;
  for (const part of parts) sum += Math.exp(logPart(z, part) - most);
  return most + Math.log(sum);
}

function logPart(z, [share, mean, sigma]) {
  return Math.log(share / (sigma * ROOT_TWO_PI)) - 0.5 * ((z - mean) / sigma) ** 2;
}

/** KL(a ‖ b) in nats: in closed form for two normals, else a fine sum. */
function divergence(a, b) {
  if (a.length === 1 && b.length === 1) {
    const [[, m, s], [, n, t]] = [a[0], b[0]];
    return Math.log(t / s) + (s ** 2 + (m - n) ** 2) / (2 * t ** 2) - 0.5;
  }
  let sum = 0;
  for (let z = -40; z <= 40; z += 0.01) {
    const log = logDensity(z, a);
    if (log > -60) sum += Math.exp(log) * (log - logDensity(z, b));
  }
  return 0.01 * sum;
}

/** Where q goes downhill in KL(q ‖ p), in small steps: [[mean, sigma], …]. */
function descend([mean, sigma], parts) {
  const noise = spread(-6, 6, 120);
  const cost = ([m, s]) =>
    noise.reduce((sum, e) => sum - normal(e, [0, 1]) * logDensity(m + s * e, parts), 0) *
      0.1 -
    Math.log(s);
  const [least, most] = LIMITS.q.sigmas;
  const path = [[mean, sigma]];
  for (let step = 0.1; path.length < 400 && step > 1e-5; ) {
    const [m, s] = path.at(-1);
    const slope = [
      cost([m + 1e-4, s]) - cost([m - 1e-4, s]),
      cost([m, s * 1.0001]) - cost([m, s / 1.0001]),
    ];
    const size = Math.hypot(...slope);
    if (!size) break;
    const next = [
      m - (step * slope[0]) / size,
      Math.min(most, Math.max(least, s * Math.exp((-step * slope[1]) / size))),
    ];
    if (cost(next) < cost([m, s])) path.push(next);
    else step /= 2;
  }
  return path;
}

/** The normal that makes KL(p ‖ q) smallest: p's own mean and standard deviation. */
function moments(parts) {
  const mean = parts.reduce((sum, [w, m]) => sum + w * m, 0);
  const variance = parts.reduce((sum, [w, m, s]) => sum + w * (s ** 2 + (m - mean) ** 2), 0);
  return [mean, Math.sqrt(variance)];
}

function render({ model, el }) {
  const parts = () => {
    const [one, two] = model.get("p");
    const share = model.get("weight");
    return model.get("mixture") ? [[share, ...one], [1 - share, ...two]] : [[1, ...one]];
  };
  const set = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  let stop = () => {};

  const ticks = [-4, -2, 0, 2, 4];
  const densities = makeChart("lc-densities", SEEN, ticks);
  const integrands = makeChart("lc-integrands", SEEN);
  const curves = {
    p: densities.curve("lc-p"),
    q: densities.curve("lc-q"),
    reverse: integrands.curve("lc-reverse"),
    forward: integrands.curve("lc-forward"),
  };
  const scale = element("span", { class: "lc-scale" });
  integrands.box.append(scale);

  const peak = (k) =>
    makeBellHandle(densities, k ? "p, second peak" : "p", "p", {
      top: TOP,
      limits: LIMITS.p,
      get: () => model.get("p")[k],
      move: (to) => {
        stop();
        set("p", model.get("p").map((old, i) => (i === k ? to : old)));
      },
      share: () => (model.get("mixture") ? Math.abs(k - model.get("weight")) : 1),
    });
  const peaks = [peak(0), peak(1)];
  const own = makeBellHandle(densities, "q", "q", {
    top: TOP,
    limits: LIMITS.q,
    get: () => model.get("q"),
    move: (to) => {
      stop();
      set("q", to);
    },
    share: () => 1,
  });

  // The two divergences, each with a button that lets q go where it is smallest.
  const travel = (path) => {
    stop();
    stop = glide((t) => {
      const at = t * (path.length - 1);
      const i = Math.min(Math.floor(at), path.length - 2);
      if (i < 0) return; // q is there already
      set("q", path[i].map((v, k) => v + (at - i) * (path[i + 1][k] - v)));
    }, 1200);
  };
  const makeRow = (kind, name, path) => {
    const value = element("strong");
    const button = element("button", { type: "button" }, `Minimise ${name}`);
    button.addEventListener("click", () => travel(path()));
    const swatch = element("span", { class: `lc-swatch lc-${kind}` });
    const words = element("span", {}, swatch, `${name} = `, value, " nats");
    return { value, row: element("div", { class: "lc-divergence" }, words, button) };
  };
  const reverse = makeRow("reverse", "KL(q‖p)", () => descend(model.get("q"), parts()));
  const forward = makeRow("forward", "KL(p‖q)", () => [model.get("q"), moments(parts())]);

  const toggle = element("input", { type: "checkbox" });
  toggle.addEventListener("change", () => {
    stop();
    set("mixture", toggle.checked);
  });
  const choice = element("label", { class: "lc-choice" }, toggle, "p has two peaks");

  const formula = element("span", { class: "lc-formula" });
  const posterior = "If p is the true posterior p(z|x), the gap of the ELBO is KL(q‖p): ";
  const below = element("p", {}, posterior, formula);
  const gap = element("span", { class: "lc-gap" });
  const rest = element("span", { class: "lc-rest" }, "ELBO");
  const bar = element("div", { class: "lc-bar" }, rest, gap);
  const bound = element("div", { class: "lc-bound", "aria-hidden": "true" }, bar, "log p(x)");
  const speaker = makeSpeaker();

  const places = spread(...SEEN, 360);
  const show = () => {
    const p = parts();
    const q = [[1, ...model.get("q")]];
    const logP = places.map((z) => logDensity(z, p));
    const logQ = places.map((z) => logDensity(z, q));
    const height = (log) => 100 - (100 * Math.exp(log)) / TOP;
    const drawn = (values) => values.map((v, i) => [densities.toX(places[i]), v]);
    curves.p.setAttribute("d", through(drawn(logP.map(height)), 100));
    curves.q.setAttribute("d", through(drawn(logQ.map(height))));
    const costs = {
      reverse: logQ.map((log, i) => Math.exp(log) * (log - logP[i])),
      forward: logP.map((log, i) => Math.exp(log) * (log - logQ[i])),
    };
    const reach = roundUp(Math.max(0.5, ...costs.reverse, ...costs.forward));
    for (const [kind, values] of Object.entries(costs)) {
      // Where a log(a/b) is lowest, −b/e, the other one is b: below the axis each
      // needs 1/e of the room above it.
      const heights = values.map((v) => BASE - (BASE * v) / reach);
      curves[kind].setAttribute("d", through(drawn(heights), BASE));
    }
    scale.textContent = `${reach} nats per unit of z`;

    const [qp, pq] = [divergence(q, p), divergence(p, q)];
    reverse.value.textContent = decimals(qp);
    forward.value.textContent = decimals(pq);
    formula.textContent = `ELBO = log p(x) − ${decimals(qp)} nats.`;
    gap.style.width = `${Math.min(100, (100 * qp) / BOUND)}%`;
    toggle.checked = model.get("mixture");
    peaks[1].handle.hidden = !model.get("mixture");
    for (const { place } of [...peaks, own]) place();
    speaker.say(`KL(q‖p) ${decimals(qp)} nats, KL(p‖q) ${decimals(pq)} nats`);
  };

  const key = element("p", { class: "lc-key" }, "What each place adds to the two KLs");
  const rows = element("div", { class: "lc-divergences" }, reverse.row, forward.row);
  frame(model, el, "lc-gaussian-kl", choice, densities.box, key, integrands.box, rows, below, bound, speaker.line);
  const changes = ["p", "q", "mixture", "weight"].map((name) => `change:${name}`);
  for (const change of changes) model.on(change, show);
  show();
  return () => {
    stop();
    for (const change of changes) model.off(change, show);
  };
}

export default { render };
