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

const clamp = (v, low, high) => Math.min(Math.max(v, low), high);

/** Where the line from a label's dot ends: the nearest point of the label's box. */
const lineEnd = ({ x, y }, { l, r, t, b }) => [clamp(x, l, r), clamp(y, t, b)];

/**
 * Put labels beside their dots without overlap: each tries boxes ever farther around
 * its dot, from where a line leads to it (far) that meets no other label or dot. Sizes
 * and places are in pixels; nothing is drawn here.
 */
function arrange(labels, width, height) {
  const apart = (a, o) => a.r < o.l || o.r < a.l || a.b < o.t || o.b < a.t;
  const dots = labels.map(({ x, y }) => ({ l: x - 4, r: x + 4, t: y - 4, b: y + 4 }));
  const taken = []; // by labels and lines
  const free = (box) => taken.every((other) => apart(box, other));
  for (const label of labels) {
    const { x, y, w, h } = label;
    const others = dots.filter((_, k) => labels[k] !== label);
    search: for (let radius = 6; radius < 120; radius += 6) {
      for (let turn = 0; turn < 16; turn++) {
        const angle = (turn * Math.PI) / 8;
        const l = x + radius * Math.cos(angle) - (w * (1 - Math.cos(angle))) / 2;
        const t = y - radius * Math.sin(angle) - (h * (1 + Math.sin(angle))) / 2;
        const box = { l, r: l + w, t, b: t + h };
        if (l < 0 || t < 0 || box.r > width || box.b > height) continue;
        const far = radius > 12;
        const [endX, endY] = lineEnd(label, box);
        const steps = Math.ceil(Math.hypot(endX - x, endY - y) / 3);
        const line = Array.from({ length: steps }, (_, i) => {
          const [across, down] = [x, y].map((from, axis) => {
            return from + ((i + 1) / (steps + 1)) * ((axis ? endY : endX) - from);
          });
          return { l: across - 1, r: across + 1, t: down - 1, b: down + 1 };
        });
        if (!free(box) || !dots.every((dot) => apart(box, dot))) continue;
        const open = (piece) => free(piece) && others.every((dot) => apart(piece, dot));
        if (far && !line.every(open)) continue;
        taken.push(box, ...(far ? line : []));
        Object.assign(label, { box, far });
        break search;
      }
    }
  }
}
