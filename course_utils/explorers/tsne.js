// t-SNE with exact gradients, step by step as scikit-learn's method="exact" does it:
// the same search for the perplexity, early exaggeration, momentum and gains.

const TSNE = { exaggeration: 12, early: 250, end: 1000 };
const TINY = 2 ** -52;

/** Squared distances between all rows, [rows * rows]. */
function squaredDistances(vectors, rows) {
  const columns = vectors.length / rows;
  const distances = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) {
        sum += (vectors[i * columns + k] - vectors[j * columns + k]) ** 2;
      }
      distances[i * rows + j] = distances[j * rows + i] = sum;
    }
  }
  return distances;
}

/** p_ij for each pair i < j, row after row; over all ordered pairs they sum to 1. */
function jointProbabilities(distances, rows, perplexity) {
  const given = new Float64Array(rows * rows); // p_j|i
  for (let i = 0; i < rows; i++) {
    const row = given.subarray(i * rows, (i + 1) * rows);
    const far = distances.subarray(i * rows, (i + 1) * rows);
    // The precision of i's normal at which its neighbours' entropy is log(perplexity).
    let [precision, low, high] = [1, 0, Infinity];
    for (let step = 0; step < 100; step++) {
      let sum = 0;
      let weighted = 0;
      for (let j = 0; j < rows; j++) {
        row[j] = j === i ? 0 : Math.exp(-precision * far[j]);
        sum += row[j];
        weighted += row[j] * far[j];
      }
      sum ||= 1e-8;
      for (let j = 0; j < rows; j++) row[j] /= sum;
      const excess =
        Math.log(sum) + (precision * weighted) / sum - Math.log(perplexity);
      if (Math.abs(excess) <= 1e-5) break;
      if (excess > 0) {
        low = precision;
        precision = high === Infinity ? 2 * precision : (precision + high) / 2;
      } else {
        high = precision;
        precision = (precision + low) / 2;
      }
    }
  }
  const pairs = [];
  for (let i = 0; i < rows; i++) {
    for (let j = i + 1; j < rows; j++) {
      const both = given[i * rows + j] + given[j * rows + i];
      pairs.push(Math.max(both / (2 * rows), TINY));
    }
  }
  return Float64Array.from(pairs);
}

/** A run of t-SNE from places [x, y, x, y, …]; step() makes one iteration. */
function makeRun(joint, places) {
  const rows = places.length / 2;
  const speed = Math.max(rows / TSNE.exaggeration / 4, 50);
  const closeness = new Float64Array(joint.length);
  const gradient = new Float64Array(2 * rows);
  const update = new Float64Array(2 * rows);
  const gains = new Float64Array(2 * rows).fill(1);
  const run = { places, iteration: 0 };

  /** 1 / (1 + squared distance) for each pair; returns the sum over ordered pairs. */
  const measure = () => {
    let sum = 0;
    for (let i = 0, pair = 0; i < rows; i++) {
      const [x, y] = [places[2 * i], places[2 * i + 1]];
      for (let j = i + 1; j < rows; j++, pair++) {
        const [dx, dy] = [x - places[2 * j], y - places[2 * j + 1]];
        sum += closeness[pair] = 1 / (1 + dx * dx + dy * dy);
      }
    }
    return 2 * sum;
  };

  run.step = () => {
    const early = run.iteration < TSNE.early;
    if (run.iteration === TSNE.early) {
      update.fill(0);
      gains.fill(1);
    }
    const factor = early ? TSNE.exaggeration : 1;
    const sum = measure();
    gradient.fill(0);
    for (let i = 0, pair = 0; i < rows; i++) {
      const [x, y] = [places[2 * i], places[2 * i + 1]];
      let [gx, gy] = [0, 0];
      for (let j = i + 1; j < rows; j++, pair++) {
        const near = closeness[pair];
        const pull = 4 * (factor * joint[pair] - Math.max(near / sum, TINY)) * near;
        const px = pull * (x - places[2 * j]);
        const py = pull * (y - places[2 * j + 1]);
        gx += px;
        gy += py;
        gradient[2 * j] -= px;
        gradient[2 * j + 1] -= py;
      }
      gradient[2 * i] += gx;
      gradient[2 * i + 1] += gy;
    }
    const momentum = early ? 0.5 : 0.8;
    for (let k = 0; k < 2 * rows; k++) {
      gains[k] = update[k] * gradient[k] < 0 ? gains[k] + 0.2 : gains[k] * 0.8;
      gains[k] = Math.max(gains[k], 0.01);
      update[k] = momentum * update[k] - speed * gains[k] * gradient[k];
      places[k] += update[k];
    }
    run.iteration++;
  };

  /** KL(P ‖ Q) of the map as it is, nats. */
  run.divergence = () => {
    const sum = measure();
    let kl = 0;
    for (let pair = 0; pair < joint.length; pair++) {
      const q = Math.max(closeness[pair] / sum, TINY);
      kl += joint[pair] * Math.log(joint[pair] / q);
    }
    return 2 * kl;
  };
  return run;
}

/** Which share of the given neighbours [rows * k] are among the k nearest places. */
function neighboursKept(neighbours, places) {
  const rows = places.length / 2;
  const k = neighbours.length / rows;
  const far = new Float64Array(rows);
  let kept = 0;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      const [dx, dy] = [places[2 * j] - places[2 * i], places[2 * j + 1] - places[2 * i + 1]];
      far[j] = j === i ? Infinity : dx * dx + dy * dy;
    }
    const limit = Float64Array.from(far).sort()[k - 1];
    for (let n = 0; n < k; n++) kept += far[neighbours[i * k + n]] <= limit;
  }
  return kept / neighbours.length;
}
