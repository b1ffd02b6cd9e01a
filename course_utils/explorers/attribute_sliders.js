// Choose a start and slide its code along directions; the decoded image follows.

function render({ model, el }) {
  const arrays = unpack(model);
  const shape = model.get("image_shape");
  const attributes = model.get("attributes");
  const reach = model.get("reach");
  const starts = [...Array(model.get("starts")).keys()];
  const { decoder: decode } = makeDecoders(model);
  const size = arrays.codes.length / starts.length;
  const code = rowsOf(arrays.codes, size);
  const direction = rowsOf(arrays.directions, size);
  const original =
    arrays.images && rowsOf(arrays.images, arrays.images.length / starts.length);
  const image = original ?? ((i) => decode(code(i)));

  const { strip, mark } = makeStrip(
    "Start",
    starts.map(image),
    shape,
    starts.map((i) => `start ${i + 1}`),
    (start) => put(model, { start }),
  );
  const source = makePicture("image", shape);
  const before = makePicture(original ? "decoded" : "start", shape);
  const after = makePicture("changed", shape);
  const pictures = [...(original ? [source] : []), before, after];
  const row = pictures.map(({ figure }) => figure);

  const sliders = attributes.map((name) =>
    makeSlider(name, [-reach, reach], (amount) =>
      put(model, { amounts: { ...model.get("amounts"), [name]: amount } }),
    ),
  );
  const reset = makeButton("Reset", () => put(model, { amounts: {} }));

  const show = () => {
    const start = model.get("start");
    const amounts = attributes.map((name) => model.get("amounts")[name] ?? 0);
    mark(start);
    if (original) source.show(original(start));
    before.show(decode(code(start)));
    const vectors = [code(start), ...attributes.map((_, k) => direction(k))];
    after.show(decode(weighted(vectors, [1, ...amounts])));
    sliders.forEach(({ place }, k) => {
      const sign = amounts[k] > 0 ? "+" : "";
      place(amounts[k], sign + decimals(amounts[k]));
    });
  };
  const panel = element(
    "div",
    { class: "lc-sliders" },
    ...sliders.map(({ slider }) => slider),
    reset,
  );
  const pictured = element("div", { class: "lc-pictures" }, ...row);
  frame(model, el, "lc-decoding", strip, pictured, panel);
  return follow(model, ["start", "amounts"], show);
}

export default { render };
