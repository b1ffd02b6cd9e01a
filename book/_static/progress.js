// What a reader has done, remembered in this browser and nowhere else: chapters read
// and exercises ticked. (A quiz remembers its own answers, under the same prefix.)
// Without storage the page works all the same, it just forgets.
(() => {
  "use strict";

  const PREFIX = "latent-course:";

  const store = {
    get(key) {
      try { return localStorage.getItem(PREFIX + key); } catch { return null; }
    },
    set(key, value) {
      try {
        if (value === null) localStorage.removeItem(PREFIX + key);
        else localStorage.setItem(PREFIX + key, value);
      } catch { /* private window, full or forbidden storage: forget */ }
    },
    keys() {
      try {
        return Object.keys(localStorage)
          .filter((key) => key.startsWith(PREFIX))
          .map((key) => key.slice(PREFIX.length));
      } catch { return []; }
    },
  };

  // A page's name is its path inside the book, the same over http and from a file.
  const root = new URL(document.documentElement.dataset.content_root || "./", location);
  const pageOf = (url) => {
    const path = new URL(url, location).pathname;
    return path.startsWith(root.pathname)
      ? path.slice(root.pathname.length).replace(/\.html$/, "")
      : null;
  };
  const here = pageOf(location);

  // A labelled box that remembers itself under a key.
  function tick(key, text) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    label.className = "course-tick";
    box.type = "checkbox";
    box.checked = store.get(key) !== null;
    box.addEventListener("change", () => {
      store.set(key, box.checked ? "yes" : null);
      markSidebar();
    });
    label.append(box, text);
    return label;
  }

  function markSidebar() {
    for (const link of document.querySelectorAll(".bd-sidenav a")) {
      const page = pageOf(link.href);
      link.classList.toggle("course-read", store.get(`read:${page}`) !== null);
    }
  }

  function addChapterBox(article) {
    const box = tick(`read:${here}`, "I have read this chapter");
    box.classList.add("course-read-box");
    article.append(box);
  }

  function addExerciseBoxes(article) {
    for (const exercise of article.querySelectorAll(".exercise[id]"))
      exercise.append(tick(`done:${here}#${exercise.id}`, "Done"));
  }

  // On the page "How to study": what is remembered, and the way to forget it.
  function showSummary(place) {
    const text = document.createElement("p");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Forget my progress";
    text.setAttribute("role", "status");
    const describe = () => {
      const count = (kind) => store.keys().filter((key) => key.startsWith(kind)).length;
      text.textContent =
        `Remembered in this browser: chapters read: ${count("read:")}, ` +
        `exercises done: ${count("done:")}, quiz questions answered: ${count("quiz:")}.`;
    };
    button.addEventListener("click", () => {
      store.keys().forEach((key) => store.set(key, null));
      describe();
      markSidebar();
    });
    describe();
    place.replaceChildren(text, button);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const article = document.querySelector("article.bd-article");
    if (!article) return;
    if (here && here.startsWith("notebooks/")) {
      addExerciseBoxes(article);
      addChapterBox(article);
    }
    markSidebar();
    document.querySelectorAll("#course-progress").forEach(showSummary);
  });
})();
