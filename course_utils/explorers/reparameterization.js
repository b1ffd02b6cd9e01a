// Fixed noise, moved and stretched into samples, and two estimates of a gradient.

const Z = [-4, 4]; // the part of both axes that is drawn
const SHOWN = 20; // draws that are drawn one by one
const ROOF = 0.9; // the density at the upper edge of a bell's chart
const LIMITS = { means: [-2, 2], sigmas: [0.5, 2] };
const BINS = 61;
const OBJECTIVES = {
  smooth: { formula: "(z − 1)²", value: (z) => (z - 1) ** 2, slope: (z) => 2 * (z - 1) },
  bumpy: {
    formula: "(z − 1)² / 4 + sin 6z",
    value: (z) => (z - 1) ** 2 / 4 + Math.sin(6 * z),
    slope: (z) => (z - 1) / 2 + 6 * Math.cos(6 * z),
  },
};

/** ∂/∂μ of the mean objective, in closed form. */
function exactGradient(name, [mean, sigma]) {
  if (name === "smooth") return 2 * (mean - 1);
  return (mean - 1) / 2 + 6 * Math.cos(6 * mean) * Math.exp(-18 * sigma ** 2);
}

function meanAndDeviation(values) {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance)];
}

function render({ model, el }) {
  const glide = makeGlide();

  const ticks = [-3, -2, -1, 0, 1, 2, 3];
  const above = makeChart("lc-noise", Z);
  const threads = makeChart("lc-threads", Z);
  const below = makeChart("lc-samples", Z, ticks);
  const landscape = makeChart("lc-objective", Z);
  const curves = {
    noise: above.curve("lc-bell"),
    epsilons: above.curve("lc-ticks"),
    threads: threads.curve("lc-thread"),
    samples: below.curve("lc-bell lc-own"),
    zs: below.curve("lc-ticks"),
    objective: landscape.curve("lc-bell"),
    slopes: landscape.curve("lc-slope"),
  };
  const bell = makeBellHandle(below, "μ and σ", "μ", {
    top: ROOF,
    limits: LIMITS,
    get: () => [model.get("mu"), model.get("sigma")],
    move: ([mu, sigma]) => put(model, { mu, sigma }),
    share: () => 1,
  });
  const where = element("p", { class: "lc-where" });

  const histogram = (kind, name) => {
    const chart = makeChart(`lc-histogram lc-${kind}`, [-1, 1]);
    const exact = chart.curve("lc-exact");
    const words = element("p");
    const title = element("p", {}, makeSwatch("var(--lc-colour)"));
    title.append(element("strong", {}, name));
    const box = element("div", { class: `lc-estimate lc-${kind}` }, title, chart.box, words);
    return { bars: chart.curve("lc-bars"), exact, words, box };
  };
  const piles = {
    pathwise: histogram("pathwise", "Pathwise: f′(z)"),
    score: histogram("score", "Score function: f(z) (z − μ) / σ²"),
  };
  const scale = element("p", { class: "lc-range" });

  const either = Object.entries(OBJECTIVES).map(([name, { formula }]) => [
    name,
    `${name}: ${formula}`,
  ]);
  const { choice, mark } = makeChoice("f(z)", either, (objective) =>
    put(model, { objective }),
  );
  const more = makeButton("Draw 100 more", () => {
    const [from, to] = [model.get("count"), Math.min(5000, model.get("count") + 100)];
    glide.start((t) => put(model, { count: Math.round(from + t * (to - from)) }));
  });
  const afresh = makeButton("New noise", () => {
    glide.stop();
    put(model, { count: 100, seed: (model.get("seed") + 1) >>> 0 });
  });
  const speaker = makeSpeaker();

  const bars = (values, exact, reach) => {
    const bins = new Array(BINS).fill(0);
    for (const v of values) {
      const bin = Math.floor((((v - exact) / reach + 1) / 2) * BINS);
      bins[Math.min(BINS - 1, Math.max(0, bin))]++; // the outermost hold what is beyond
    }
    return bins;
  };
  const at = (chart, top, points) => points.map(([z, v]) => [chart.toX(z), 100 * (1 - v / top)]);
  const places = spread(...Z, 320);

  const show = () => {
    const own = [model.get("mu"), model.get("sigma")];
    const [mu, sigma] = own;
    const { value, slope } = OBJECTIVES[model.get("objective")];
    const noise = [...normalNoise(model.get("seed"), model.get("count"))];
    const zs = noise.map((e) => mu + sigma * e);

    const bellOf = (which) => places.map((z) => [z, normal(z, which)]);
    curves.noise.setAttribute("d", through(at(above, ROOF, bellOf([0, 1])), 100));
    curves.samples.setAttribute("d", through(at(below, ROOF, bellOf(own)), 100));
    const few = noise.slice(0, SHOWN);
    const strokes = (chart, values) => values.map((v) => `M${chart.toX(v)},100v-14`).join("");
    curves.epsilons.setAttribute("d", strokes(above, few));
    curves.zs.setAttribute("d", strokes(below, zs.slice(0, SHOWN)));
    const lines = few.map((e, i) => `M${threads.toX(e)},0L${threads.toX(zs[i])},100`);
    curves.threads.setAttribute("d", lines.join(""));

    // The objective, and its slope at each sample: what the pathwise estimate reads.
    const heights = places.map(value);
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    const lift = (v) => 94 - (88 * (v - low)) / (high - low);
    const toPoint = (z, v) => [landscape.toX(z), lift(v)];
    curves.objective.setAttribute("d", through(places.map((z, i) => toPoint(z, heights[i]))));
    const tangents = zs.slice(0, SHOWN).map((z) => {
      const half = 0.25 / Math.hypot(1, slope(z) / 2);
      return through([-half, half].map((d) => toPoint(z + d, value(z) + d * slope(z))));
    });
    curves.slopes.setAttribute("d", tangents.join(""));

    const exact = exactGradient(model.get("objective"), own);
    const estimates = {
      pathwise: zs.map(slope),
      score: zs.map((z, i) => (value(z) * noise[i]) / sigma),
    };
    const found = Object.values(estimates).map(meanAndDeviation);
    const reach = roundUp(2.5 * Math.max(...found.map(([, deviation]) => deviation)));
    const bins = Object.values(estimates).map((values) => bars(values, exact, reach));
    const highest = Math.max(...bins.flat());
    Object.values(piles).forEach((pile, k) => {
      const steps = bins[k].map((n, i) => {
        const top = (100 - (96 * n) / highest).toFixed(2);
        return `${((100 * i) / BINS).toFixed(2)},${top}H${((100 * (i + 1)) / BINS).toFixed(2)}`;
      });
      pile.bars.setAttribute("d", `M0,100L${steps.join("L")}L100,100Z`);
      pile.exact.setAttribute("d", "M50,0V100");
      const [mean, deviation] = found[k].map(decimals);
      pile.words.textContent = `mean ${mean}, standard deviation ${deviation}`;
    });
    scale.textContent =
      `${model.get("count").toLocaleString("en")} draws, one estimate from each. ` +
      `The line is the exact gradient, ${decimals(exact)}; the picture reaches ` +
      `${reach} to either side of it, and the outermost bars hold all beyond.`;
    where.textContent = `z = μ + σε with μ = ${decimals(mu)}, σ = ${decimals(sigma)}`;
    mark(model.get("objective"));
    bell.place();
    speaker.say(
      `exact gradient ${decimals(exact)}; pathwise ${piles.pathwise.words.textContent}; ` +
        `score function ${piles.score.words.textContent}`,
    );
  };

  const named = (name, chart) => {
    chart.box.append(element("span", { class: "lc-axis" }, name));
    return chart.box;
  };
  const picture = element("div", { class: "lc-picture" }, named("ε", above), threads.box);
  picture.append(named("z", below), named("f(z)", landscape));
  const result = element("div", { class: "lc-piles" }, piles.pathwise.box, piles.score.box);
  const buttons = element("div", { class: "lc-buttons" }, more, afresh);
  const parts = [where, picture, choice, result, scale, buttons, speaker.line];
  frame(model, el, "lc-reparameterization", ...parts);
  const stop = follow(model, ["mu", "sigma", "objective", "count", "seed"], show);
  return () => {
    glide.stop();
    speaker.stop();
    stop();
  };
}

export default { render };
