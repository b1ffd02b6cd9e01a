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

function render({ model, el }) {
  const parts = () => {
    const [one, two] = model.get("p");
    const share = model.get("weight");
    return model.get("mixture") ? [[share, ...one], [1 - share, ...two]] : [[1, ...one]];
  };
  const glide = makeGlide();
  // What the reader does ends a journey of q.
  const set = (values) => {
    glide.stop();
    put(model, values);
  };

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
      move: (to) => set({ p: model.get("p").map((old, i) => (i === k ? to : old)) }),
      share: () => (model.get("mixture") ? Math.abs(k - model.get("weight")) : 1),
    });
  const peaks = [peak(0), peak(1)];
  const own = makeBellHandle(densities, "q", "q", {
    top: TOP,
    limits: LIMITS.q,
    get: () => model.get("q"),
    move: (q) => set({ q }),
    share: () => 1,
  });

  // The two divergences, each with a button that lets q go where it is smallest.
  const travel = (path) => {
    glide.start((t) => {
      const at = t * (path.length - 1);
      const i = Math.min(Math.floor(at), path.length - 2);
      if (i < 0) return; // q is there already
      put(model, { q: path[i].map((v, k) => v + (at - i) * (path[i + 1][k] - v)) });
    }, 1200);
  };
  const makeRow = (kind, name, path) => {
    const value = element("strong");
    const label = { "aria-label": `Minimise ${name}` };
    const button = makeButton("Minimise", () => travel(path()), label);
    const swatch = makeSwatch(`var(--lc-${kind})`);
    const words = element("span", {}, swatch, `${name} = `, value, " nats");
    return { value, row: element("div", { class: "lc-divergence" }, words, button) };
  };
  const reverse = makeRow("reverse", "KL(q‖p)", () =>
    descend(model.get("q"), parts(), LIMITS.q.sigmas),
  );
  const forward = makeRow("forward", "KL(p‖q)", () => [model.get("q"), moments(parts())]);

  const toggle = element("input", { type: "checkbox" });
  toggle.addEventListener("change", () => set({ mixture: toggle.checked }));
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
  const charts = [densities.box, key, integrands.box];
  frame(model, el, "lc-gaussian-kl", choice, ...charts, rows, below, bound, speaker.line);
  const stop = follow(model, ["p", "q", "mixture", "weight"], show);
  return () => {
    glide.stop();
    speaker.stop();
    stop();
  };
}

export default { render };
