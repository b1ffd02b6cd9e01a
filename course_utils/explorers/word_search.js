// Finding words: by spelling, by cosine; and room for their labels on a map.

const SIGNS = [1, -1, 1]; // word − word + word

/** How many letters must be changed, dropped or added to make a into b. */
function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row[j] = Math.min(swap, above[j] + 1, row[j - 1] + 1);
    }
  }
  return row[b.length];
}

/** The words of the vocabulary spelt most like this one. */
function nearSpellings(word, vocabulary) {
  return vocabulary
    .map((other) => [other, editDistance(word, other)])
    .sort((a, b) => a[1] - b[1])
    .slice(0, 3)
    .map(([other]) => other);
}

/** Scale each row of a matrix to length 1, in place. */
function normalise(matrix, columns) {
  for (let at = 0; at < matrix.length; at += columns) {
    const row = matrix.subarray(at, at + columns);
    const length = Math.hypot(...row) || 1;
    row.forEach((v, j) => (row[j] = v / length));
  }
  return matrix;
}

/** The words nearest to the signed sum of three words (any may be missing). */
function nearestWords(asked, vectors, columns, count) {
  const target = new Float32Array(columns);
  asked.forEach((word, k) => {
    if (word === undefined) return;
    for (let j = 0; j < columns; j++) {
      target[j] += SIGNS[k] * vectors[word * columns + j];
    }
  });
  const length = Math.hypot(...target) || 1;
  const found = [];
  for (let word = 0; word < vectors.length / columns; word++) {
    if (asked.includes(word)) continue;
    let cosine = 0;
    for (let j = 0; j < columns; j++) cosine += vectors[word * columns + j] * target[j];
    found.push({ word, cosine: cosine / length });
  }
  return found.sort((a, b) => b.cosine - a.cosine).slice(0, count);
}

/**
 * Put labels beside their points without overlap: each tries places ever farther
 * around its point. Sizes and places are in pixels; nothing is drawn here.
 */
function arrange(labels, width, height) {
  const taken = labels.map(({ x, y }) => ({ l: x - 4, r: x + 4, t: y - 4, b: y + 4 }));
  for (const label of labels) {
    const { x, y, w, h } = label;
    search: for (let radius = 6; radius < 160; radius += 6) {
      for (let turn = 0; turn < 16; turn++) {
        const angle = (turn * Math.PI) / 8;
        const l = x + radius * Math.cos(angle) - (w * (1 - Math.cos(angle))) / 2;
        const t = y - radius * Math.sin(angle) - (h * (1 + Math.sin(angle))) / 2;
        const box = { l, r: l + w, t, b: t + h };
        const free = taken.every(
          (o) => box.r < o.l || o.r < box.l || box.b < o.t || o.b < box.t,
        );
        if (free && l >= 0 && t >= 0 && box.r <= width && box.b <= height) {
          taken.push(box);
          Object.assign(label, { left: l, top: t, far: radius > 12 });
          break search;
        }
      }
    }
  }
}
