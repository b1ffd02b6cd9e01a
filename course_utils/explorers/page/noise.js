// Pseudo-random numbers that are the same in every browser, and in noise.py.

/** Uniform numbers in (0, 1): the generator mulberry32, by Tommy Ettinger. */
function makeUniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return (((bits ^ (bits >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}

/** count standard normal numbers, by Box and Muller's method. */
function normalNoise(seed, count) {
  const uniform = makeUniform(seed);
  return Float64Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  });
}
