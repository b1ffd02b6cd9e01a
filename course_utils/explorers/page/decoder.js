// Decoders: the chain of layers that chain.py exported, run in plain JavaScript.

const ACTIVATIONS = {
  clamp: (v) => Math.min(1, Math.max(0, v)),
  relu: (v, slope) => (v > 0 ? v : slope * v),
  sigmoid: (v) => 1 / (1 + Math.exp(-v)),
  tanh: Math.tanh,
};

/** A function from a code to pixels: the chain of layers that chain.py exported. */
function makeDecoder(layers, arrays) {
  const linear = (weight, bias, x) =>
    bias.map((sum, i) => {
      const row = i * x.length;
      for (let j = 0; j < x.length; j++) sum += weight[row + j] * x[j];
      return sum;
    });
  return (z) =>
    layers.reduce(
      (x, [kind, detail]) =>
        kind === "linear"
          ? linear(arrays[`${detail}.weight`], arrays[`${detail}.bias`], x)
          : x.map((v) => ACTIVATIONS[kind](v, detail)),
      Float32Array.from(z),
    );
}

/** Put pixels in [0, 1] on a canvas: shape is [height, width] or [height, width, 3]. */
function showImage(canvas, pixels, [height, width, channels = 1]) {
  const image = new ImageData(width, height);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 3; c++) {
      image.data[4 * i + c] = 255 * pixels[i * channels + (channels === 3 ? c : 0)];
    }
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}
