// KL divergences between mixtures of normals, and where they are smallest.

/** The log density at z of a mixture [[share, mean, sigma], …]. */
function logDensity(z, parts) {
  let most = -Infinity;
  for (const part of parts) most = Math.max(most, logPart(z, part));
  let sum = 0;
  for (const part of parts) sum += Math.exp(logPart(z, part) - most);
  return most + Math.log(sum);
}

function logPart(z, [share, mean, sigma]) {
  return Math.log(share / (sigma * ROOT_TWO_PI)) - 0.5 * ((z - mean) / sigma) ** 2;
}

/** KL(a ‖ b) in nats: in closed form for two normals, else a fine sum. */
function divergence(a, b) {
  if (a.length === 1 && b.length === 1) {
    const [[, m, s], [, n, t]] = [a[0], b[0]];
    return Math.log(t / s) + (s ** 2 + (m - n) ** 2) / (2 * t ** 2) - 0.5;
  }
  let sum = 0;
  for (let z = -40; z <= 40; z += 0.01) {
    const log = logDensity(z, a);
    if (log > -60) sum += Math.exp(log) * (log - logDensity(z, b));
  }
  return 0.01 * sum;
}

/**
 * Where q goes downhill in KL(q ‖ p), in small steps: [[mean, sigma], …], with sigma
 * from least to most.
 */
function descend([mean, sigma], parts, [least, most]) {
  const noise = spread(-6, 6, 120);
  const cost = ([m, s]) =>
    noise.reduce((sum, e) => sum - normal(e, [0, 1]) * logDensity(m + s * e, parts), 0) *
      0.1 -
    Math.log(s);
  const path = [[mean, sigma]];
  for (let step = 0.1; path.length < 400 && step > 1e-5; ) {
    const [m, s] = path.at(-1);
    const slope = [
      cost([m + 1e-4, s]) - cost([m - 1e-4, s]),
      cost([m, s * 1.0001]) - cost([m, s / 1.0001]),
    ];
    const size = Math.hypot(...slope);
    if (!size) break;
    const next = [
      m - (step * slope[0]) / size,
      Math.min(most, Math.max(least, s * Math.exp((-step * slope[1]) / size))),
    ];
    if (cost(next) < cost([m, s])) path.push(next);
    else step /= 2;
  }
  return path;
}

/** The normal that makes KL(p ‖ q) smallest: p's own mean and standard deviation. */
function moments(parts) {
  const mean = parts.reduce((sum, [w, m]) => sum + w * m, 0);
  const variance = parts.reduce((sum, [w, m, s]) => sum + w * (s ** 2 + (m - mean) ** 2), 0);
  return [mean, Math.sqrt(variance)];
}
