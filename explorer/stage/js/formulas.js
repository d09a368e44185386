// @ts-check
// The formulas of em_core's E-step that the browser needs, in d = 1 or 2. They are mirrored here and
// nowhere else, and tested against em_core in tests/browser/test_formulas.py.

/**
 * w[k] weights; m[k·d + j] means; c[k·t + …] covariances, of which t = 1 entry (the variance) for
 * d = 1 and t = 3 entries (xx, xy, yy) for d = 2.
 * @typedef {{K: number, d: number, w: Float64Array, m: Float64Array, c: Float64Array}} Mixture
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
