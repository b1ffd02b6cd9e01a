// Type a word, or word − word + word, and see the nearest words, listed and on a map.

const WORD = "([^\\s+\\-−–]+)";
const QUERY = new RegExp(`^${WORD}(?:\\s*[-−–]\\s*${WORD})?(?:\\s*\\+\\s*${WORD})?$`);

function render({ model, el }) {
  const vocabulary = model.get("vocabulary");
  // A word as it is spelt, or the first that differs in capitals only.
  const index = new Map(vocabulary.map((word, i) => [word, i]));
  const loose = new Map(vocabulary.map((word, i) => [word.toLowerCase(), i]).reverse());
  const find = (word) => index.get(word) ?? loose.get(word.toLowerCase());
  const groups = model.get("groups");
  const { vectors, places } = unpack(model);
  const columns = vectors.length / vocabulary.length;
  normalise(vectors, columns);
  let marked = { asked: [], found: [] };

  const ask = (query) => put(model, { query });

  // The query: three fields with completion; the first also takes a whole expression.
  const list = `lc-words-${Math.random().toString(36).slice(2)}`; // ids are page-wide
  const completion = element("datalist", { id: list });
  const fields = ["word", "minus", "plus"].map((name, k) =>
    element("input", {
      type: "text",
      "aria-label": name,
      placeholder: k ? "…" : "word",
      list,
      autocapitalize: "none",
      autocomplete: "off",
      spellcheck: "false",
    }),
  );
  const typed = () => fields.map((field) => field.value.trim());
  const compose = ([a, b, c]) => a + (b && ` - ${b}`) + (c && ` + ${c}`);
  const form = element("form", { class: "lc-query" }, fields[0], "−", fields[1]);
  const clear = makeButton("Clear", () => {
    for (const field of fields) field.value = "";
    ask("");
    fields[0].focus();
  });
  form.append("+", fields[2], element("button", {}, "Find"), clear, completion);
  form.addEventListener("input", ({ target }) => {
    const start = target.value.trim().toLowerCase();
    const begins = (word) => word.toLowerCase().startsWith(start);
    const matching = start ? vocabulary.filter(begins) : [];
    completion.replaceChildren(
      ...matching.slice(0, 12).map((value) => element("option", { value })),
    );
    const known = typed().every((word) => !word || find(word) !== undefined);
    if (typed()[0] && known) ask(compose(typed()));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = typed();
    ask(/[-−–+]/.test(first) ? first : compose(typed())); // a whole expression, or words
  });

  const button = (words, query) => makeButton(words, () => ask(query));
  const message = element("p", { class: "lc-message", role: "status" });
  const results = element("ol", { class: "lc-found" });
  const examples = element("p", { class: "lc-examples" });
  examples.append(
    ...model.get("examples").map((query) => button(query.replace("-", "−"), query)),
  );

  // The map: a dot per word, a label per word that was asked for or found.
  const spot = (i, width, height) => [
    (0.03 + 0.94 * places[2 * i]) * width,
    (0.97 - 0.94 * places[2 * i + 1]) * height,
  ];
  // Labels and their points are elements, so that they follow the page's colours.
  const labels = element("div", { "aria-hidden": "true" });
  const moveTo = (node, x, y) => (node.style.transform = `translate(${x}px, ${y}px)`);
  const plot = makePlot((pen, width, height) => {
    pen.globalAlpha = 0.4;
    vocabulary.forEach((_, i) => dot(pen, ...spot(i, width, height), 1.2, "#777879"));
    pen.globalAlpha = 1;
    for (const { colour, words } of groups) {
      for (const i of words) dot(pen, ...spot(i, width, height), 3, colour);
    }
    const tags = [...marked.asked, ...marked.found].map((i, k) => {
      const kind = k < marked.asked.length ? "lc-asked" : "lc-near";
      const [x, y] = spot(i, width, height);
      const point = element("span", { class: `lc-point ${kind}` });
      const text = element("span", { class: `lc-tag ${kind}` }, vocabulary[i]);
      moveTo(point, x, y);
      return { x, y, point, text };
    });
    labels.replaceChildren(...tags.flatMap(({ point, text }) => [point, text]));
    for (const tag of tags) {
      Object.assign(tag, { w: tag.text.offsetWidth, h: tag.text.offsetHeight });
    }
    arrange(tags, width, height);
    pen.strokeStyle = "#777879";
    for (const tag of tags.filter(({ far }) => far)) {
      pen.beginPath();
      pen.moveTo(tag.x, tag.y);
      pen.lineTo(...lineEnd(tag, tag.box));
      pen.stroke();
    }
    for (const { box, w, h, text } of tags) {
      text.hidden = !box; // no room: the list has it
      if (!box) continue;
      moveTo(text, box.l, box.t);
      pen.clearRect(box.l, box.t, w, h); // no dots behind words
    }
  });
  const map = element("div", { class: "lc-map", title: "Tap a dot to ask for its word" });
  map.append(plot.canvas, labels);
  map.addEventListener("click", ({ clientX, clientY }) => {
    const box = map.getBoundingClientRect();
    const distance = (i) => {
      const [x, y] = spot(i, box.width, box.height);
      return Math.hypot(x - clientX + box.left, y - clientY + box.top);
    };
    const nearest = vocabulary.reduce((a, _, i) => (distance(i) < distance(a) ? i : a), 0);
    if (distance(nearest) < 24) ask(vocabulary[nearest]);
  });

  const answer = () => {
    const query = model.get("query").trim();
    const words = query.match(QUERY)?.slice(1);
    marked = { asked: [], found: [] };
    results.replaceChildren();
    const unknown = words?.find((word) => word && find(word) === undefined);
    (words ?? []).forEach((word, k) => {
      if (typed()[k] !== (word ?? "")) fields[k].value = word ?? "";
    });
    if (!words) {
      message.textContent = "Write a word, or word − word + word.";
    } else if (unknown) {
      message.textContent =
        `“${unknown}” is not among the ${vocabulary.length.toLocaleString("en")} ` +
        "words of this map. Near it: ";
      for (const word of nearSpellings(unknown, vocabulary)) {
        const mended = words.map((w) => (w === unknown ? word : w ?? ""));
        message.append(button(word, compose(mended)), " ");
      }
    } else {
      const asked = words.map((word) => (word ? find(word) : undefined));
      const found = nearestWords(asked, vectors, columns, model.get("neighbours"));
      const asking = compose(words.map((word) => word ?? "")).replace("-", "−");
      message.textContent = `Nearest to ${asking}, by cosine:`;
      for (const { word, cosine } of found) {
        const figure = element("span", { class: "lc-cosine" }, decimals(cosine));
        const entry = button([vocabulary[word], figure], vocabulary[word]);
        entry.style.setProperty("--lc-share", `${100 * Math.max(0, cosine)}%`);
        results.append(element("li", {}, entry));
      }
      marked.asked = asked.filter((word) => word !== undefined);
      marked.found = found.map(({ word }) => word);
    }
    plot.redraw();
  };

  const answers = element("div", { class: "lc-answers" }, message, results);
  const mapped = element("div", {}, map);
  if (groups.length) mapped.append(makeKey(groups));
  const stage = element("div", { class: "lc-scene" }, answers, mapped);
  frame(model, el, "lc-word-map", form, examples, stage);
  const stop = follow(model, ["query"], answer);
  return () => {
    stop();
    plot.stop();
  };
}

export default { render };
