// @ts-check
// The formulas of em_core's E-step that the browser needs; bells are for d = 1 or 2, which is what is
// drawn. They are mirrored here and nowhere else, and tested against em_core in
// tests/browser/test_formulas.py.

/**
 * w[k] weights; m[k·d + j] means; c[k·t + …] covariances, of each the t = d (d + 1) / 2 entries of
 * the upper triangle: the variance for d = 1, xx, xy, yy for d = 2. whole: the mixture in more
 * dimensions that this one is the marginal of.
 * @typedef {{K: number, d: number, w: Float64Array, m: Float64Array, c: Float64Array, whole?: Mixture}} Mixture
 */

const LOG_2PI = Math.log(2 * Math.PI);

/**
 * What log( w_k N(x | mu_k, Sigma_k) ) needs of a component: its value at the mean, the mean, the
 * deviations, the correlation, and the root of what the correlation leaves of the variance. In one
 * dimension the other axis has no end, so that nothing is far off on it.
 * @typedef {{peak: number, x: number, y: number, sdX: number, sdY: number, correlation: number, rest: number}} Bell
 */

/** @param {Mixture} mixture @param {number} k @returns {Bell} */
export function bellOf({ d, w, m, c }, k) {
  if (d === 1) {
    const sd = Math.sqrt(c[k]);
    const peak = Math.log(w[k]) - 0.5 * LOG_2PI - Math.log(sd);
    return { peak, x: m[k], y: 0, sdX: sd, sdY: Infinity, correlation: 0, rest: 1 };
  }
  const sdX = Math.sqrt(c[3 * k]);
  const sdY = Math.sqrt(c[3 * k + 2]);
  const correlation = c[3 * k + 1] / sdX / sdY;
  const left = (1 - correlation) * (1 + correlation);
  const logVolume = LOG_2PI + Math.log(sdX) + Math.log(sdY) + 0.5 * Math.log(left);
  return { peak: Math.log(w[k]) - logVolume, x: m[2 * k], y: m[2 * k + 1], sdX, sdY, correlation, rest: Math.sqrt(left) };
}

/** log( w_k N(x | mu_k, Sigma_k) ), Bishop PRML 2.42 and 2.43. @param {Bell} bell @param {number} x @param {number} y */
export function logAt(bell, x, y) {
  const u = (x - bell.x) / bell.sdX;
  const v = ((y - bell.y) / bell.sdY - bell.correlation * u) / bell.rest;
  return bell.peak - 0.5 * (u * u + v * v);
}

/** The same of a mixture's component; y is not read for d = 1. @param {Mixture} mixture @param {number} k @param {number} x @param {number} [y] */
export const logWeightedDensity = (mixture, k, x, y = 0) => logAt(bellOf(mixture, k), x, y);

/**
 * The share each component has of (x, y), written into `shares` from `offset`: at temperature 1
 * the posterior, else in proportion to (w_k N_k)^(1 / temperature), at 0 all to the first of the
 * likeliest. By log-sum-exp; returns the log-density of the mixture there. Bishop PRML 9.13 and 9.23.
 * @param {Mixture} mixture @param {number} x @param {number} y
 * @param {Float64Array} shares @param {number} [offset] @param {number} [temperature]
 */
export function posterior(mixture, x, y, shares, offset = 0, temperature = 1) {
  for (let k = 0; k < mixture.K; k++) shares[offset + k] = logWeightedDensity(mixture, k, x, y);
  return shareOut(shares, offset, 1, mixture.K, temperature).logEvidence;
}

/**
 * log( w_k N(x | mu_k, Sigma_k) ) for any d, of a point whose coordinates begin at `from`.
 * @param {Mixture} mixture @returns {(values: Float64Array | number[], from: number, k: number) => number}
 */
export function logJointOf(mixture) {
  const { K, d } = mixture;
  const all = Array.from({ length: K }, (_, k) => k);
  if (d > 2) {
    const hills = all.map((k) => hillOf(mixture, k));
    return (values, from, k) => logOver(hills[k], values, from);
  }
  const bells = all.map((k) => bellOf(mixture, k));
  return (values, from, k) => logAt(bells[k], values[from], values[from + d - 1]);
}

/** @type {[number, number][][]} by d: a frame of a drag asks for it hundreds of times */
const triangles = [];

/** Row and column of each entry of a covariance that travels. @param {number} d */
export const upperTriangle = (d) =>
  (triangles[d] ??= Array.from({ length: d }, (_, i) => Array.from({ length: d - i }, (_, j) => /** @type {[number, number]} */ ([i, i + j]))).flat());

/** Where entry (i, j) of a covariance, i <= j, stands in its upper triangle. @param {number} d @param {number} i @param {number} j */
export const entryAt = (d, i, j) => i * d - (i * (i - 1)) / 2 + j - i;

/**
 * A bell in more than two dimensions: its value at the mean, the mean, the deviations, and the
 * Cholesky factor of the correlations, row by row; whitened: room for a point.
 * @typedef {{peak: number, mean: Float64Array, sd: number[], factor: number[][], whitened: Float64Array}} Hill
 */

/** @param {Mixture} mixture @param {number} k @returns {Hill} */
function hillOf({ d, w, m, c }, k) {
  const own = c.subarray((k * d * (d + 1)) / 2, ((k + 1) * d * (d + 1)) / 2);
  const sd = Array.from({ length: d }, (_, i) => Math.sqrt(own[entryAt(d, i, i)]));
  /** @type {number[][]} */
  const factor = [];
  let peak = Math.log(w[k]) - 0.5 * d * LOG_2PI;
  for (let i = 0; i < d; i++) {
    const row = [];
    for (let j = 0; j <= i; j++) {
      let rest = own[entryAt(d, j, i)] / sd[i] / sd[j];
      for (let l = 0; l < j; l++) rest -= row[l] * (j < i ? factor[j][l] : row[l]);
      row.push(j < i ? rest / factor[j][j] : Math.sqrt(rest));
    }
    factor.push(row);
    peak -= Math.log(row[i]) + Math.log(sd[i]);
  }
  return { peak, mean: m.subarray(k * d, (k + 1) * d), sd, factor, whitened: new Float64Array(d) };
}

/** Bishop PRML 2.43, by forward substitution. @param {Hill} hill @param {Float64Array | number[]} values @param {number} from */
function logOver({ peak, mean, sd, factor, whitened }, values, from) {
  let squares = 0;
  for (let i = 0; i < sd.length; i++) {
    let rest = (values[from + i] - mean[i]) / sd[i];
    for (let j = 0; j < i; j++) rest -= factor[i][j] * whitened[j];
    whitened[i] = rest / factor[i][i];
    squares += whitened[i] * whitened[i];
  }
  return peak - 0.5 * squares;
}

/**
 * What is seen of a mixture along two of its coordinates. @param {Mixture} whole @param {[number, number]} seen
 * @returns {Mixture}
 */
export function marginal(whole, [a, b]) {
  const { K, d, w, m, c } = whole;
  const size = (d * (d + 1)) / 2;
  /** @param {number} k @param {number} i @param {number} j */
  const entry = (k, i, j) => c[k * size + entryAt(d, Math.min(i, j), Math.max(i, j))];
  const all = Array.from({ length: K }, (_, k) => k);
  return {
    K,
    d: 2,
    w,
    m: Float64Array.from(all.flatMap((k) => [m[k * d + a], m[k * d + b]])),
    c: Float64Array.from(all.flatMap((k) => [entry(k, a, a), entry(k, a, b), entry(k, b, b)])),
    whole,
  };
}

const shared = { logEvidence: 0, freeEnergy: 0, peak: 0, logPartition: 0 };

/**
 * Log joint densities of one point, K numbers from `offset` a `stride` apart, become its shares.
 * Returns its log evidence and free energy, which are the same at temperature 1, and what the log
 * of a share is made of: (log joint - peak) / temperature - logPartition. One object for all calls.
 * @param {Float64Array} joint @param {number} offset @param {number} stride @param {number} K @param {number} temperature
 */
export function shareOut(joint, offset, stride, K, temperature) {
  const end = offset + K * stride;
  let peak = -Infinity;
  for (let i = offset; i < end; i += stride) if (joint[i] > peak) peak = joint[i];
  let evidence = 0;
  for (let i = offset; i < end; i += stride) evidence += Math.exp(joint[i] - peak);
  let partition = 0;
  for (let i = offset; i < end; i += stride) {
    const below = joint[i] - peak;
    joint[i] = temperature > 0 ? Math.exp(below / temperature) : Number(below === 0 && partition === 0);
    partition += joint[i];
  }
  for (let i = offset; i < end; i += stride) joint[i] /= partition;
  shared.peak = peak;
  shared.logPartition = Math.log(partition);
  shared.logEvidence = peak + Math.log(evidence);
  shared.freeEnergy = peak + temperature * shared.logPartition;
  return shared;
}

/** @param {Mixture} mixture @param {number} x @param {number} [y] */
export function densityAt(mixture, x, y = x) {
  return Math.exp(posterior(mixture, x, y, new Float64Array(mixture.K)));
}

/** The height of a component's weighted curve at its mean. @param {Mixture} mixture @param {number} k */
export function peakHeight(mixture, k) {
  return Math.exp(logWeightedDensity(mixture, k, mixture.m[k]));
}
