/* The style sheet shows the explanation of the chosen answer; this only remembers the
   choice. Local storage may be forbidden (a file, a sandboxed frame): then it forgets. */
(() => {
  const page = document.currentScript?.getRootNode() ?? document;
  for (const quiz of page.querySelectorAll(".lc-quiz:not([data-ready])")) {
    quiz.dataset.ready = "";
    const key = "latent-course:quiz:" + quiz.dataset.question;
    const group = quiz.dataset.question + Math.random(); // shown twice: two groups
    let chosen = null;
    try { chosen = localStorage.getItem(key); } catch { /* forbidden */ }
    for (const radio of quiz.querySelectorAll("input")) {
      radio.name = group;
      radio.checked = radio.value === chosen;
      radio.onchange = () => {
        try { localStorage.setItem(key, radio.value); } catch { /* forbidden */ }
      };
    }
  }
})();
