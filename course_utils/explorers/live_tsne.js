// t-SNE at work: a few hundred points find their places while the reader watches.

const FRAME = { steps: 4, milliseconds: 8 }; // the most work between two pictures

function render({ model, el }) {
  const { vectors, neighbours, labels } = unpack(model);
  const rows = labels.length;
  const classes = model.get("classes");
  const signs = classes.every(({ name }) => name.length === 1); // drawn as themselves
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let distances; // worked out when first needed, like all that takes time
  let run;
  const meant = () => `${model.get("perplexity")} ${model.get("seed")}`;
  let begun = meant(); // what it is a run of
  let waiting; // the next frame or, for readers who want no motion, the next time slice
  let visible = false;

  const plot = makePlot((pen, width, height) => {
    if (!run) return;
    const { places } = run;
    const reach = 1.08 * places.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-12);
    pen.font = `bold ${Math.max(11, width / 36)}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (let i = 0; i < rows; i++) {
      const { name, colour } = classes[labels[i]];
      const x = (0.5 + places[2 * i] / reach / 2) * width;
      const y = (0.5 - places[2 * i + 1] / reach / 2) * height;
      pen.fillStyle = colour;
      if (signs) pen.fillText(name, x, y);
      else dot(pen, x, y, width / 120, colour);
    }
  });
  const map = element("div", { class: "lc-map", role: "img" }, plot.canvas);

  const figure = (name) => {
    const value = element("dd");
    return { value, entry: element("div", {}, element("dt", {}, name), value) };
  };
  const figures = {
    iteration: figure("iteration"),
    kl: figure("KL divergence"),
    kept: figure(`${neighbours.length / rows} nearest neighbours kept`),
  };
  const list = element("dl", {}, ...Object.values(figures).map(({ entry }) => entry));
  const phase = element("p", { class: "lc-phase" });
  const spoken = element("p", { class: "lc-spoken", role: "status" });

  const slider = element("input", {
    type: "range",
    min: 2,
    max: model.get("largest"),
    step: 1,
  });
  const chosen = element("strong");
  const perplexity = element("label", {}, "Perplexity ", chosen, slider);
  slider.addEventListener("input", () => (chosen.textContent = slider.value));
  const afresh = (values) =>
    put(model, { iteration: 0, places: [], running: true, ...values });
  slider.addEventListener("change", () => afresh({ perplexity: Number(slider.value) }));
  const pause = makeButton("", () => {
    if (model.get("running")) report({ running: false });
    else put(model, { running: true });
  });
  const again = makeButton("Restart, new seed", () =>
    afresh({ seed: (model.get("seed") + 1) >>> 0 }),
  );

  /** The numbers beside the map; kept rounded, as the page shows them. */
  const showFigures = () => {
    const done = run.iteration === TSNE.end;
    const kept = `${Math.round(100 * neighboursKept(neighbours, run.places))}%`;
    figures.iteration.value.textContent =
      `${run.iteration.toLocaleString("en")} of ${TSNE.end.toLocaleString("en")}`;
    figures.kl.value.textContent = `${run.divergence().toFixed(3)} nats`;
    figures.kept.value.textContent = kept;
    phase.textContent = done
      ? "Done."
      : run.iteration < TSNE.early
        ? `First ${TSNE.early} iterations: attraction ${TSNE.exaggeration} times too strong.`
        : "Attraction and repulsion in balance.";
    map.setAttribute(
      "aria-label",
      `map of ${rows} points after ${run.iteration} iterations: ${kept} of nearest ` +
        "neighbours kept",
    );
  };

  /** Tell Python, and other views of this model, where the run has stopped. */
  const report = (values) => {
    if (!run) return put(model, values);
    const places = Array.from(run.places, (v) => Number(v.toPrecision(6)));
    put(model, { iteration: run.iteration, places, ...values });
  };

  const begin = () => {
    distances ??= squaredDistances(vectors, rows);
    const joint = jointProbabilities(distances, rows, model.get("perplexity"));
    const noise = normalNoise(model.get("seed"), 2 * rows);
    run = makeRun(joint, noise.map((v) => 1e-4 * v));
  };
  let frames = 0;
  const work = () => {
    waiting = undefined;
    if (!run) begin();
    const start = performance.now();
    const within = still ? 4 * FRAME.milliseconds : FRAME.milliseconds;
    const last = still ? TSNE.end : Math.min(TSNE.end, run.iteration + FRAME.steps);
    while (run.iteration < last && performance.now() - start < within) run.step();
    if (frames++ % 5 === 0) showFigures();
    if (!still) plot.redraw();
    if (run.iteration === TSNE.end) report({ running: false });
    else carryOn();
  };
  const carryOn = () => {
    const wanted = visible && model.get("running");
    if (wanted && waiting === undefined) {
      waiting = still ? setTimeout(work) : requestAnimationFrame(work);
    } else if (!wanted && waiting !== undefined) {
      (still ? clearTimeout : cancelAnimationFrame)(waiting);
      waiting = undefined;
    }
    const ended = run?.iteration === TSNE.end;
    pause.textContent = model.get("running") ? "Pause" : ended ? "Run again" : "Continue";
  };
  /** The map at rest, here and for screen readers: the farthest that any view has got. */
  const rest = () => {
    const [iteration, places] = [model.get("iteration"), model.get("places")];
    if (run && run.iteration > iteration) report({}); // Python has stopped it
    else if (places.length) {
      if (!run) begin();
      if (run.iteration !== iteration) {
        run.places.set(places);
        run.iteration = iteration;
      }
      showFigures();
      plot.redraw();
      spoken.textContent =
        `${iteration === TSNE.end ? "Done" : "Paused"} at iteration ${iteration}: ` +
        `KL divergence ${figures.kl.value.textContent}, ` +
        `${figures.kept.value.textContent} of nearest neighbours kept`;
    }
  };
  const show = () => {
    const running = model.get("running");
    if (meant() !== begun) {
      begun = meant();
      run = undefined;
      chosen.textContent = slider.value = model.get("perplexity");
    } else if (!running) {
      rest();
    } else if (run?.iteration === TSNE.end) {
      run = undefined; // once more
      put(model, { iteration: 0, places: [] });
    }
    carryOn();
  };

  const buttons = element("div", { class: "lc-buttons" }, pause, again);
  const side = element("div", { class: "lc-side" }, perplexity, buttons, list, phase);
  if (!signs) side.append(makeKey(classes));
  const stage = element("div", { class: "lc-scene" }, map, side);
  frame(model, el, "lc-live-tsne", stage, spoken);
  map.setAttribute("aria-label", `map of ${rows} points, not begun`);
  const watcher = new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    carryOn();
  });
  watcher.observe(map);
  chosen.textContent = slider.value = model.get("perplexity");
  const traits = ["perplexity", "seed", "running", "iteration", "places"];
  const stop = follow(model, traits, show);
  return () => {
    visible = false;
    carryOn();
    watcher.disconnect();
    plot.stop();
    stop();
  };
}

export default { render };
