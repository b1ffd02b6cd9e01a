// t-SNE at work: a few hundred points find their places while the reader watches.

const FRAME = { steps: 4, milliseconds: 8 }; // the most work between two pictures

function render({ model, el }) {
  const { vectors, neighbours, labels } = unpack(model);
  const rows = labels.length;
  const classes = model.get("classes");
  const signs = classes.every(({ name }) => name.length === 1); // drawn as themselves
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const set = (name, value) => {
    model.set(name, value);
    model.save_changes();
  };
  let distances; // worked out when first needed, like all that takes time
  let run;
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
  slider.addEventListener("change", () => set("perplexity", Number(slider.value)));
  const pause = element("button", { type: "button" });
  pause.addEventListener("click", () => {
    if (run?.iteration === TSNE.end) run = undefined;
    set("running", !model.get("running"));
  });
  const again = element("button", { type: "button" }, "Restart, new seed");
  again.addEventListener("click", () => set("seed", model.get("seed") + 1));

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

  /** Tell screen readers, and Python, where a run has stopped. */
  const report = () => {
    const done = run.iteration === TSNE.end;
    const kl = figures.kl.value.textContent;
    spoken.textContent =
      `${done ? "Done" : "Paused"} at iteration ${run.iteration}: KL divergence ${kl}, ` +
      `${figures.kept.value.textContent} of nearest neighbours kept`;
    model.set("iteration", run.iteration);
    set("places", Array.from(run.places, (v) => Number(v.toPrecision(6))));
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
    const done = run.iteration === TSNE.end;
    if (done || frames++ % 5 === 0) showFigures();
    if (done || !still) plot.redraw();
    if (done) {
      report();
      set("running", false);
    }
    carryOn();
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
  const restart = () => {
    run = undefined;
    chosen.textContent = slider.value = model.get("perplexity");
    set("running", true);
    carryOn();
  };
  const toggle = () => {
    if (!model.get("running") && run && run.iteration < TSNE.end) {
      showFigures();
      plot.redraw();
      report();
    }
    carryOn();
  };

  const buttons = element("div", { class: "lc-buttons" }, pause, again);
  const side = element("div", { class: "lc-side" }, perplexity, buttons, list, phase);
  if (!signs) {
    const key = element("p", { class: "lc-key" });
    for (const { name, colour } of classes) {
      const swatch = element("span", { class: "lc-swatch", style: `background:${colour}` });
      key.append(element("span", {}, swatch, name));
    }
    side.append(key);
  }
  const stage = element("div", { class: "lc-scene" }, map, side);
  frame(model, el, "lc-live-tsne", stage, spoken);
  map.setAttribute("aria-label", `map of ${rows} points, not begun`);
  const watcher = new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    carryOn();
  });
  watcher.observe(map);
  const listeners = { perplexity: restart, seed: restart, running: toggle };
  for (const [name, listener] of Object.entries(listeners)) model.on(`change:${name}`, listener);
  chosen.textContent = slider.value = model.get("perplexity");
  if (!model.get("running") && model.get("places").length) {
    begin(); // shown once more, in another cell: as it stood
    run.places.set(model.get("places"));
    run.iteration = model.get("iteration");
    showFigures();
  }
  carryOn();
  return () => {
    visible = false;
    carryOn();
    watcher.disconnect();
    for (const [name, listener] of Object.entries(listeners)) model.off(`change:${name}`, listener);
  };
}

export default { render };
