// A square to drag over, and the way from one place on it to another.

const KEYS = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowDown: [0, -1],
  ArrowUp: [0, 1],
  PageDown: [0, -5],
  PageUp: [0, 5],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

/**
 * A square to drag over, by mouse, touch or keyboard. Positions are fractions [x, y]
 * of the square, y upwards. move(position) hears where the reader goes; place(position,
 * words) puts the marker and tells a screen reader where it is.
 */
function makePad(label, plot, move) {
  const marker = element("span", { class: "lc-marker" });
  const pad = element(
    "div",
    {
      class: "lc-pad",
      role: "slider",
      tabindex: "0",
      "aria-label": label,
      "aria-roledescription": "two-dimensional slider",
      "aria-valuemin": "0",
      "aria-valuemax": "100",
    },
    plot.canvas,
    marker,
  );
  const inside = (v) => Math.min(1, Math.max(0, v));
  let at = [0.5, 0.5];
  const go = (x, y) => move([inside(x), inside(y)]);
  const follow = (event) => {
    const box = pad.getBoundingClientRect();
    const x = (event.clientX - box.left - pad.clientLeft) / pad.clientWidth;
    const y = (event.clientY - box.top - pad.clientTop) / pad.clientHeight;
    go(x, 1 - y);
  };
  pad.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pad.setPointerCapture(event.pointerId);
    follow(event);
  });
  pad.addEventListener("pointermove", (event) => {
    if (pad.hasPointerCapture(event.pointerId)) follow(event);
  });
  pad.addEventListener("keydown", (event) => {
    const key = KEYS[event.key];
    if (!key || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? 0.1 : 0.02;
    go(at[0] + step * key[0], at[1] + step * key[1]);
  });
  const place = (position, words) => {
    at = position.map(inside);
    marker.style.left = `${100 * at[0]}%`;
    marker.style.bottom = `${100 * at[1]}%`;
    pad.setAttribute("aria-valuenow", Math.round(100 * at[0]));
    pad.setAttribute("aria-valuetext", words);
  };
  return { pad, place };
}

/**
 * Calls step(t) with t from 0 to 1, at once for readers who want no motion; a new start
 * ends the old one, and so does stop().
 */
function makeGlide() {
  let request;
  const stop = () => cancelAnimationFrame(request);
  const start = (step, milliseconds = 700) => {
    stop();
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      step(1);
      return;
    }
    const begun = performance.now();
    request = requestAnimationFrame(function next(now) {
      const t = Math.min(1, Math.max(0, (now - begun) / milliseconds));
      request = t < 1 ? requestAnimationFrame(next) : undefined;
      step(t * t * (3 - 2 * t));
    });
  };
  return { start, stop };
}
