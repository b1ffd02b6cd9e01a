// Drag over the codes of voices, see the word they say, and hear it when asked.

function render({ model, el }) {
  const { codes, labels, inverse } = unpack(model);
  const { decoder } = makeDecoders(model);
  const classes = model.get("classes");
  const words = model.get("words");
  const shape = model.get("image_shape");
  const { rate, size, hop, quiet, loud, sine, rounds } = model.get("vocoder");
  const [bands, frames] = shape;

  const { pad, place, stop: stopPlane } = makePlane("Voice", model, 1 / 110, (z) =>
    change({ z }),
  );
  pad.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    play();
  });

  const picture = makePicture("", shape);
  picture.image.setAttribute("aria-label", "spectrogram");
  for (const [side, ticks] of Object.entries(model.get("ticks"))) {
    const axis = element("div", { class: `lc-scale lc-${side}`, "aria-hidden": "true" });
    for (const [text, share] of ticks) {
      const tick = element("span", {}, text);
      tick.style[side === "upward" ? "bottom" : "left"] = `${100 * share}%`;
      axis.append(tick);
    }
    picture.figure.append(axis);
  }
  const where = element("p", { class: "lc-where" });

  const decoded = () => {
    const card = words.map((_, i) => Number(i === model.get("word")));
    return decoder([...model.get("z"), ...card]);
  };
  /** Whose drawn code is nearest. */
  const nearest = ([x, y]) => {
    let found = [Infinity];
    for (let i = 0; i < labels.length; i++) {
      const away = Math.hypot(codes[2 * i] - x, codes[2 * i + 1] - y);
      if (away < found[0]) found = [away, classes[labels[i]].name];
    }
    return found[1];
  };

  // Nothing sounds, and no audio is opened, before the reader asks.
  let audio;
  let playing;
  let griffinLim;
  let later;
  const hear = () => {
    griffinLim ??= makeGriffinLim({ size, hop, frames });
    const range = Math.log1p(loud / quiet);
    const amplitudes = decoded().map((v) => sine * quiet * Math.expm1(v * range));
    const bins = size / 2 + 1;
    const magnitude = new Float64Array(frames * bins);
    const phase = new Float64Array(frames * bins);
    const uniform = makeUniform(0);
    for (let k = 0; k < bins; k++) {
      for (let t = 0; t < frames; t++) {
        let sum = 0;
        for (let b = 0; b < bands; b++) {
          sum += inverse[k * bands + b] * amplitudes[b * frames + t];
        }
        magnitude[t * bins + k] = Math.max(0, sum);
        phase[t * bins + k] = 2 * Math.PI * uniform();
      }
    }
    return griffinLim(magnitude, phase, rounds);
  };
  const play = () => {
    clearTimeout(later);
    audio ??= new AudioContext();
    audio.resume(); // a page that was asleep
    playing?.stop();
    const wave = hear();
    // Equally loud everywhere, but silence stays silent.
    const power = wave.reduce((sum, v) => sum + v * v, 0) / wave.length;
    const gain = Math.min(10, 0.1 / Math.sqrt(power));
    const buffer = audio.createBuffer(1, wave.length, rate);
    buffer.copyToChannel(Float32Array.from(wave, (v) => gain * v), 0);
    playing = audio.createBufferSource();
    playing.buffer = buffer;
    playing.connect(audio.destination);
    playing.start();
  };
  const button = makeButton(
    [element("span", { "aria-hidden": "true" }, "▶ "), "Play"],
    play,
    { class: "lc-play" },
  );
  const always = element("input", { type: "checkbox" });
  const change = (values) => {
    put(model, values);
    clearTimeout(later);
    if (always.checked) later = setTimeout(play, 250);
  };
  const box = element("label", { class: "lc-always" }, always, "play every change");
  const controls = element("div", { class: "lc-listen" }, button, box);

  const parts = [pad, picture.figure, where, controls];
  if (labels.length) {
    const used = classes.filter((_, c) => labels.includes(c));
    parts.push(makeKey(used));
  }
  const { choice, mark } = makeChoice("Word", words.map((w, i) => [i, w]), (i) =>
    change({ word: Number(i) }),
  );
  if (words.length) parts.push(choice);

  const show = () => {
    const z = model.get("z");
    const name = nearest(z);
    picture.show(decoded());
    mark(model.get("word"));
    where.textContent = `z = (${z.map(decimals).join(", ")})`;
    if (name) where.textContent += `, nearest to ${name}`;
    place(z, where.textContent);
  };
  const stage = element("div", { class: "lc-scene" }, ...parts);
  frame(model, el, "lc-decoding lc-voice-pad", stage);
  const stop = follow(model, ["z", "word"], show);
  return () => {
    stop();
    stopPlane();
    clearTimeout(later);
    audio?.close();
  };
}

export default { render };
