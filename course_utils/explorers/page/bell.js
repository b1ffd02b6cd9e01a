// Curves over an axis, and handles that sit on the peaks of normal densities.

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** The density of a normal [mean, sigma] at z. */
function normal(z, [mean, sigma]) {
  return Math.exp(-0.5 * ((z - mean) / sigma) ** 2) / (sigma * ROOT_TWO_PI);
}

/** An element of a picture. */
function svg(tag, attributes = {}) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    node.setAttribute(name, value);
  }
  return node;
}

/**
 * A chart whose x axis runs over [low, high], with numbers at the ticks. Places in it
 * are percentages from the left and the top; curve(kind) adds a path of that class.
 */
function makeChart(kind, [low, high], ticks = []) {
  const picture = svg("svg", {
    viewBox: "0 0 100 100",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  const box = element("div", { class: `lc-chart ${kind}` }, picture);
  const toX = (z) => (100 * (z - low)) / (high - low);
  for (const tick of ticks) {
    const number = element("span", { class: "lc-tick" }, `${tick}`.replace("-", "−"));
    number.style.left = `${toX(tick)}%`;
    box.append(number);
  }
  const curve = (name) => picture.appendChild(svg("path", { class: name }));
  return { box, toX, fromX: (x) => low + (x / 100) * (high - low), curve };
}

/** The path through points [x, y], and closed along a base line where one is given. */
function through(points, base) {
  const path = points.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join("L");
  if (base === undefined) return `M${path}`;
  return `M${points[0][0]},${base}L${path}L${points.at(-1)[0]},${base}Z`;
}

/** count + 1 evenly spaced numbers from low to high. */
function spread(low, high, count) {
  return Array.from({ length: count + 1 }, (_, i) => low + ((high - low) * i) / count);
}

/**
 * A handle on the peak of a bell: sideways moves its mean, up and down its width.
 * get() gives [mean, sigma], move([mean, sigma]) hears where the reader wants them;
 * share scales the bell, top is the density at the chart's upper edge.
 */
function makeBellHandle(chart, name, letter, { get, move, share, top, limits }) {
  const { means, sigmas } = limits;
  const handle = element(
    "span",
    {
      class: `lc-handle lc-of-${letter}`,
      role: "slider",
      tabindex: "0",
      "aria-label": name,
      "aria-roledescription": "mean and width",
      "aria-valuemin": means[0],
      "aria-valuemax": means[1],
    },
    letter,
  );
  const clamp = (v, [low, high]) => Math.min(high, Math.max(low, v));
  const go = (mean, sigma) => move([clamp(mean, means), clamp(sigma, sigmas)]);
  let grip = [0, 0]; // from the pointer to the handle's middle, so that it won't jump
  handle.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    handle.setPointerCapture(event.pointerId);
    const box = handle.getBoundingClientRect();
    grip = [
      box.left + box.width / 2 - event.clientX,
      box.top + box.height / 2 - event.clientY,
    ];
  });
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = chart.box.getBoundingClientRect();
    const x = (event.clientX + grip[0] - box.left) / box.width;
    const y = 1 - (event.clientY + grip[1] - box.top) / box.height;
    go(chart.fromX(100 * x), share() / (Math.max(y * top, 1e-3) * ROOT_TWO_PI));
  });
  handle.addEventListener("keydown", (event) => {
    const key = KEYS[event.key];
    if (!key || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [mean, sigma] = get();
    const far = event.shiftKey ? 5 : 1;
    go(mean + 0.1 * far * key[0], sigma * 1.05 ** (-far * key[1]));
  });
  chart.box.append(handle);
  /** Put the handle where its bell is, and say so. */
  const place = () => {
    const [mean, sigma] = get();
    handle.style.left = `${chart.toX(mean)}%`;
    handle.style.top = `${100 - (100 * share()) / (sigma * ROOT_TWO_PI * top)}%`;
    handle.setAttribute("aria-valuenow", mean.toFixed(2));
    handle.setAttribute(
      "aria-valuetext",
      `mean ${decimals(mean)}, standard deviation ${decimals(sigma)}`,
    );
  };
  return { handle, place };
}

/** A line for screen readers, said once the reader has paused; stop() is silence. */
function makeSpeaker() {
  const line = element("p", { class: "lc-spoken", role: "status" });
  let timer;
  const say = (words) => {
    clearTimeout(timer);
    timer = setTimeout(() => (line.textContent = words), 700);
  };
  return { line, say, stop: () => clearTimeout(timer) };
}
