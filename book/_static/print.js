// On paper every page is light, and nothing stays folded: solutions and hidden code
// are part of the book.
(() => {
  "use strict";

  const root = document.documentElement;
  let theme = null;
  let opened = [];

  window.addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const each of opened) each.open = true;
  });

  window.addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme;
    for (const each of opened) each.open = false;
  });
})();
