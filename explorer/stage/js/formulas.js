// @ts-check
// The two formulas of em_core that the browser needs, in d = 1 or 2. They are mirrored here and
// nowhere else, and tested against em_core in tests/browser/test_formulas.py.

/**
 * w[k] weights; m[k·d + j] means; c[k·t + …] covariances, of which t = 1 entry (the variance) for
 * d = 1 and t = 3 entries (xx, xy, yy) for d = 2.
 * @typedef {{K: number, d: number, w: Float64Array, m: Float64Array, c: Float64Array}} Mixture
 */

const LOG_2PI = Math.log(2 * Math.PI);

/**
 * log( w_k N(x | mu_k, Sigma_k) ), Bishop PRML 2.42 and 2.43; y is not read for d = 1.
 * @param {Mixture} mixture @param {number} k @param {number} x @param {number} [y]
 */
export function logWeightedDensity(mixture, k, x, y = 0) {
  const { w, m, c } = mixture;
  if (mixture.d === 1) {
    const sd = Math.sqrt(c[k]);
    const z = (x - m[k]) / sd;
    return Math.log(w[k]) - 0.5 * LOG_2PI - Math.log(sd) - 0.5 * z * z;
  }
  const sdX = Math.sqrt(c[3 * k]);
  const sdY = Math.sqrt(c[3 * k + 2]);
  const correlation = c[3 * k + 1] / sdX / sdY;
  const left = (1 - correlation) * (1 + correlation);
  const u = (x - m[2 * k]) / sdX;
  const v = ((y - m[2 * k + 1]) / sdY - correlation * u) / Math.sqrt(left);
  const logVolume = LOG_2PI + Math.log(sdX) + Math.log(sdY) + 0.5 * Math.log(left);
  return Math.log(w[k]) - logVolume - 0.5 * (u * u + v * v);
}

/**
 * The posterior of each component at (x, y), by log-sum-exp, written into `shares` from `offset`;
 * returns the log-density of the mixture there. Bishop PRML 9.13 and 9.23.
 * @param {Mixture} mixture @param {number} x @param {number} y
 * @param {Float64Array} shares @param {number} [offset]
 */
export function posterior(mixture, x, y, shares, offset = 0) {
  let highest = -Infinity;
  for (let k = 0; k < mixture.K; k++) {
    const term = logWeightedDensity(mixture, k, x, y);
    shares[offset + k] = term;
    if (term > highest) highest = term;
  }
  let sum = 0;
  for (let k = 0; k < mixture.K; k++) {
    shares[offset + k] = Math.exp(shares[offset + k] - highest);
    sum += shares[offset + k];
  }
  for (let k = 0; k < mixture.K; k++) shares[offset + k] /= sum;
  return highest + Math.log(sum);
}

/** @param {Mixture} mixture @param {number} x */
export function densityAt(mixture, x) {
  return Math.exp(posterior(mixture, x, x, new Float64Array(mixture.K)));
}

/** The height of a component's weighted curve at its mean. @param {Mixture} mixture @param {number} k */
export function peakHeight(mixture, k) {
  return Math.exp(logWeightedDensity(mixture, k, mixture.m[k]));
}
