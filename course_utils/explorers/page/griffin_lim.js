// Griffin–Lim: a wave for a spectrogram, as sound.py makes it.

/** The Fourier transform of size complex numbers, in place; size is a power of two. */
function makeFFT(size) {
  const turn = (f) =>
    Float64Array.from({ length: size / 2 }, (_, i) => f((-2 * Math.PI * i) / size));
  const [cos, sin] = [turn(Math.cos), turn(Math.sin)];
  const mirrored = new Uint32Array(size);
  for (let i = 1; i < size; i++) {
    mirrored[i] = (mirrored[i >> 1] >> 1) | (i & 1 ? size >> 1 : 0);
  }
  return (re, im) => {
    for (let i = 0; i < size; i++) {
      const j = mirrored[i];
      if (j <= i) continue;
      const [x, y] = [re[i], im[i]];
      re[i] = re[j];
      im[i] = im[j];
      re[j] = x;
      im[j] = y;
    }
    for (let half = 1; half < size; half *= 2) {
      const step = size / (2 * half);
      for (let k = 0; k < half; k++) {
        const c = cos[k * step];
        const s = sin[k * step];
        for (let i = k; i < size; i += 2 * half) {
          const j = i + half;
          const x = re[j] * c - im[j] * s;
          const y = re[j] * s + im[j] * c;
          re[j] = re[i] - x;
          im[j] = im[i] - y;
          re[i] += x;
          im[i] += y;
        }
      }
    }
  };
}

/**
 * A function (magnitude, phase, rounds) → wave of (frames − 1) · hop samples. Both are
 * [frames, size / 2 + 1], one frame after the other; frames is even.
 */
function makeGriffinLim({ size, hop, frames }) {
  const half = size / 2;
  const bins = half + 1;
  const length = (frames - 1) * hop;
  const fft = makeFFT(size);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const padded = new Float64Array(length + size);
  const hann = re.map((_, i) => Math.sin((Math.PI * i) / size) ** 2);
  const weight = padded.map(() => 0);
  for (let t = 0; t < frames; t++) {
    for (let i = 0; i < size; i++) weight[t * hop + i] += hann[i] ** 2;
  }

  // Frames are real, so two at a time go through one transform.
  const toWave = ([real, imaginary]) => {
    padded.fill(0);
    for (let t = 0; t < frames; t += 2) {
      for (let k = 0; k <= half; k++) {
        const a = t * bins + k;
        const b = a + bins;
        const inner = k % half ? 1 : 0;
        re[k] = real[a] - inner * imaginary[b];
        im[k] = real[b] + inner * imaginary[a];
        if (!inner) continue;
        re[size - k] = real[a] + imaginary[b];
        im[size - k] = real[b] - imaginary[a];
      }
      fft(im, re); // the other way round: the inverse, times size
      for (let i = 0; i < size; i++) {
        padded[t * hop + i] += (hann[i] * re[i]) / size;
        padded[(t + 1) * hop + i] += (hann[i] * im[i]) / size;
      }
    }
    return padded.slice(half, half + length).map((v, i) => v / weight[half + i]);
  };
  const toSpectrum = (wave, [real, imaginary]) => {
    padded.set(wave, half);
    for (let i = 1; i <= half; i++) {
      padded[half - i] = wave[i];
      padded[half + length - 1 + i] = wave[length - 1 - i];
    }
    for (let t = 0; t < frames; t += 2) {
      for (let i = 0; i < size; i++) {
        re[i] = hann[i] * padded[t * hop + i];
        im[i] = hann[i] * padded[(t + 1) * hop + i];
      }
      fft(re, im);
      for (let k = 0; k <= half; k++) {
        const a = t * bins + k;
        const b = a + bins;
        const other = (size - k) % size;
        real[a] = (re[k] + re[other]) / 2;
        imaginary[a] = (im[k] - im[other]) / 2;
        real[b] = (im[k] + im[other]) / 2;
        imaginary[b] = (re[other] - re[k]) / 2;
      }
    }
  };
  return (magnitude, phase, rounds) => {
    const numbers = () => new Float64Array(frames * bins);
    const spectrum = [Math.cos, Math.sin].map((f) =>
      numbers().map((_, i) => magnitude[i] * f(phase[i])),
    );
    let before = [numbers(), numbers()];
    let heard = spectrum.map((part) => part.slice());
    for (let round = 0; round < rounds; round++) {
      [before, heard] = [heard, before];
      toSpectrum(toWave(spectrum), heard);
      for (let i = 0; i < frames * bins; i++) {
        const x = 1.99 * heard[0][i] - 0.99 * before[0][i];
        const y = 1.99 * heard[1][i] - 0.99 * before[1][i];
        const scale = magnitude[i] / Math.sqrt(x * x + y * y);
        spectrum[0][i] = x || y ? x * scale : magnitude[i];
        spectrum[1][i] = x || y ? y * scale : 0;
      }
    }
    return toWave(spectrum);
  };
}
