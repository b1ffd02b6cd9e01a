/* Bring to life every player on the page that has not been yet. Needs no ids: the same
   output may be shown twice. The picture is a sheet of frames, drawn one at a time. */
(() => {
  const page = document.currentScript?.getRootNode() ?? document;
  for (const film of page.querySelectorAll(".lc-film:not([data-ready])")) {
    film.dataset.ready = "";
    const find = (selector) => film.querySelector(selector);
    const [sheet, button, slider, label] = ["img", "button", "input", ".lc-label"].map(find);
    const labels = [...film.querySelectorAll(".lc-labels li")].map((li) => li.textContent);
    const [high, wide, columns, fps] = ["high", "wide", "columns", "fps"].map((key) => +film.dataset[key]);
    const smooth = "smooth" in film.dataset;
    const canvas = document.createElement("canvas");
    const brush = canvas.getContext("2d");
    let timer = null;

    const draw = () => {
      const k = +slider.value;
      brush.clearRect(0, 0, wide, high);
      brush.drawImage(sheet, (k % columns) * wide, Math.floor(k / columns) * high, wide, high, 0, 0, wide, high);
      canvas.style.imageRendering = canvas.clientWidth < wide || smooth ? "auto" : "pixelated";
      label.textContent = labels[k];
      slider.setAttribute("aria-valuetext", labels[k]);
    };
    const stop = () => {
      clearInterval(timer);
      timer = null;
      button.textContent = "Play";
    };
    const step = () => {
      if (!film.isConnected || +slider.value === +slider.max) return stop();
      slider.value = +slider.value + 1;
      draw();
    };
    const play = () => {
      if (slider.value === slider.max) slider.value = 0;
      button.textContent = "Pause";
      draw();
      timer = setInterval(step, 1000 / fps);
    };

    sheet.decode().then(() => {
      Object.assign(canvas, { width: wide, height: high });
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", sheet.alt);
      sheet.replaceWith(canvas);
      find(".lc-controls").hidden = false;
      button.onclick = () => (timer ? stop() : play());
      slider.oninput = () => { stop(); draw(); };
      draw();
    });
  }
})();
