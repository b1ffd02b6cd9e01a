// What scrolls sideways inside a page (a long formula, a wide table) can be reached
// and scrolled by keyboard.
(() => {
  "use strict";

  const SCROLLING = "mjx-container[display], div.math, table, pre, .cell_output .output";

  function mark() {
    for (const element of document.querySelectorAll(SCROLLING)) {
      if (element.scrollWidth <= element.clientWidth) continue;
      if (!["auto", "scroll"].includes(getComputedStyle(element).overflowX)) continue;
      element.tabIndex = 0;
    }
  }

  // MathJax loads after this script and renders after that.
  window.addEventListener("load", async () => {
    await window.MathJax?.startup?.promise;
    mark();
    new ResizeObserver(mark).observe(document.body);
  });
})();
