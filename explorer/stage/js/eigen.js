// @ts-check
// Eigenvalues and eigenvectors of small symmetric matrices.

/** Jacobi's rotations come to rest after five or six sweeps. */
const SWEEPS = 30;
/** An entry this small, relative to those on the diagonal, is none. */
const NEGLIGIBLE = 1e-17;

/**
 * values[a], in no order, each with vectors[a], of length 1.
 * Source: Golub & Van Loan, Matrix Computations (2013), section 8.5: the cyclic Jacobi method.
 * @param {ArrayLike<number>} upper the upper triangle, row by row @param {number} d
 * @returns {{values: number[], vectors: number[][]}}
 */
export function eigen(upper, d) {
  const all = Array.from({ length: d }, (_, i) => i);
  let entry = 0;
  const matrix = all.map(() => new Array(d).fill(0));
  for (const i of all) for (let j = i; j < d; j++) matrix[i][j] = matrix[j][i] = upper[entry++];
  const vectors = all.map((i) => all.map((j) => Number(i === j)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let turned = false;
    for (const p of all) for (let q = p + 1; q < d; q++) turned = turn(matrix, vectors, p, q) || turned;
    if (!turned) break;
  }
  return { values: all.map((i) => matrix[i][i]), vectors };
}

/** Make the entry (p, q) 0; whether it was not. @param {number[][]} matrix @param {number[][]} vectors @param {number} p @param {number} q */
function turn(matrix, vectors, p, q) {
  const off = matrix[p][q];
  const [high, low] = [matrix[p][p], matrix[q][q]];
  if (Math.abs(off) <= NEGLIGIBLE * Math.sqrt(Math.abs(high * low))) return false;
  const ratio = (low - high) / (2 * off);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(ratio, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  for (const row of vectors.keys()) {
    if (row === p || row === q) continue;
    const [one, other] = [matrix[p][row], matrix[q][row]];
    matrix[row][p] = matrix[p][row] = cosine * one - sine * other;
    matrix[row][q] = matrix[q][row] = sine * one + cosine * other;
  }
  [matrix[p][p], matrix[q][q]] = [high - tangent * off, low + tangent * off];
  matrix[p][q] = matrix[q][p] = 0;
  for (const a of vectors.keys()) {
    const [one, other] = [vectors[p][a], vectors[q][a]];
    [vectors[p][a], vectors[q][a]] = [cosine * one - sine * other, sine * one + cosine * other];
  }
  return true;
}
