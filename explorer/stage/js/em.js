// @ts-check
// EM as em_core runs it: what is drawn while a start is in the hand, and before Python is there. Every
// number that is written or kept comes from em_core itself; tests/browser/test_em.py holds this to it.

import { eigen } from "./eigen.js";
import { entryAt, logJointOf, shareOut, upperTriangle } from "./formulas.js";

/** @typedef {import("./formulas.js").Mixture} Mixture */

/**
 * As em_core's `Options` and `Rules`.
 * @typedef {{temperature: number, equalWeights: boolean, fixedWeights: number[], fixedMeans: number[],
 *   fixedCovariances: number[]}} Rules
 * @typedef {{covarianceType: "full" | "tied" | "diag" | "spherical", tol: number, maxIter: number,
 *   varianceFloor: number, rules: Rules}} Options
 * @typedef {"running" | "converged" | "max_iter" | "collapsed" | "empty"} Outcome
 */

/**
 * The points about the middle of their range and divided, axis by axis, by a power of two: offsets
 * cost no digits. values: n·d, point by point; often: (n,) how often each counts, total their sum;
 * variances: what a variance floor is part of.
 * @typedef {{n: number, d: number, values: Float64Array, often: Float64Array, total: number, centre: number[],
 *   scale: number[], spans: number[], variances: number[]}} Cloud
 */

/**
 * What t iterations led to; the mixture is null where the last one found none that is finite.
 * components: those that collapsed or emptied.
 * @typedef {{t: number, mixture: Mixture | null, logLikelihood: number, outcome: Outcome, components: number[]}} Reached
 */

/** A component has collapsed when its spread on an axis is this part of the data's, or its smallest correlation eigenvalue. */
const COLLAPSED = 1e-12;
/** A covariance with a smaller eigenvalue cannot be worked with. */
const UNUSABLE = 1e-15;
/** A component with a smaller part of the points is summed relative to its largest share. */
const STARVED = 1e-280;
/** A relative deviation from type, floor or equal weights up to this is rounding. */
const FITTING = 1e-14;
/** A fall of the free energy up to this, relative to it and the number of points, is none. */
const FALL = 1e-13;
const LEAST_NORMAL = 2 ** -1022;

/**
 * @param {ArrayLike<number>} values n·d coordinates @param {number} d @param {Options["covarianceType"]} type
 * @param {ArrayLike<number> | null} counts above 0; null for ones @returns {Cloud}
 */
export function cloudOf(values, d, type, counts = null) {
  const n = values.length / d;
  const axes = Array.from({ length: d }, (_, j) => Float64Array.from({ length: n }, (_, i) => values[i * d + j]));
  const lows = axes.map((axis) => axis.reduce((a, b) => Math.min(a, b)));
  const spans = axes.map((axis, j) => axis.reduce((a, b) => Math.max(a, b)) - lows[j]);
  const centre = spans.map((span, j) => lows[j] + span / 2);
  const own = spans.map(powerOfTwo);
  const scale = type === "spherical" ? own.map(() => Math.max(...own)) : own;
  const scaled = axes.map((axis, j) => axis.map((value) => (value - centre[j]) / scale[j]));
  const often = counts ? Float64Array.from(counts) : new Float64Array(n).fill(1);
  const variances = scaled.map((axis) => varianceOf(axis, often));
  const common = variances.reduce((a, b) => a + b) / d;
  return {
    n, d, often, centre, scale,
    values: Float64Array.from({ length: n * d }, (_, at) => scaled[at % d][Math.floor(at / d)]),
    total: sumOf(often, 0, n),
    spans: spans.map((span, j) => span / scale[j]),
    variances: type === "spherical" ? variances.map(() => common) : variances,
  };
}

/** The largest power of two up to a span; a half where there is none. @param {number} span */
function powerOfTwo(span) {
  if (span === 0) return 0.5;
  let power = 2 ** Math.floor(Math.log2(span));
  if (power > span) power /= 2;
  return 2 * power <= span ? 2 * power : power;
}

/** @param {Float64Array} values @param {Float64Array} often */
function varianceOf(values, often) {
  const total = sumOf(often, 0, often.length);
  const mean = values.reduce((sum, value, i) => sum + often[i] * value, 0) / total;
  return values.reduce((sum, value, i) => sum + often[i] * (value - mean) ** 2, 0) / total;
}

/**
 * The start, then what each iteration made of it, until EM ends as em_core's `fit` does.
 * @param {Cloud} cloud @param {Mixture} start @param {Options} options @returns {Generator<Reached>}
 */
export function* rounds(cloud, start, options) {
  const { maxIter, tol, rules } = options;
  const { total } = cloud;
  let mixture = moved(start, cloud, inwards);
  let e = expectation(cloud, mixture, rules.temperature);
  yield { t: 0, mixture: start, logLikelihood: e.logLikelihood, outcome: maxIter ? "running" : "max_iter", components: [] };
  for (let t = 1; t <= maxIter; t++) {
    const made = maximisation(cloud, mixture, e, options);
    const trouble = made.empty.length ? made.empty : made.collapsed;
    /** @type {Outcome} */
    let outcome = made.empty.length ? "empty" : made.collapsed.length || !made.usable ? "collapsed" : "running";
    if (!made.usable) return yield { t, mixture: null, logLikelihood: NaN, outcome, components: trouble };
    const after = expectation(cloud, made.mixture, rules.temperature);
    const gain = after.freeEnergy - e.freeEnergy;
    const rests = gain < tol * total && gain >= -FALL * (Math.abs(after.freeEnergy) + total);
    if (outcome === "running" && tol > 0 && rests && (t > 1 || !isUnfitting(cloud, mixture, options))) outcome = "converged";
    if (outcome === "running" && t === maxIter) outcome = "max_iter";
    const kept = outcome === "running" || Number.isFinite(after.freeEnergy);
    yield { t, mixture: kept ? moved(made.mixture, cloud, outwards) : null, logLikelihood: after.logLikelihood, outcome, components: trouble };
    if (outcome !== "running") return;
    [mixture, e] = [made.mixture, after];
  }
}

/** A map of an axis: of a mean, and by what covariances are to be multiplied. @typedef {(centre: number, scale: number) => {mean: (value: number) => number, unit: number}} AxisMap */
/** @type {AxisMap} */
const inwards = (centre, scale) => ({ mean: (value) => (value - centre) / scale, unit: 1 / scale });
/** @type {AxisMap} */
const outwards = (centre, scale) => ({ mean: (value) => value * scale + centre, unit: scale });

/** @param {Mixture} mixture @param {Cloud} cloud @param {AxisMap} map @returns {Mixture} */
function moved({ K, d, w, m, c }, { centre, scale }, map) {
  const axes = centre.map((middle, j) => map(middle, scale[j]));
  const pairs = upperTriangle(d);
  return {
    K, d,
    w: Float64Array.from(w),
    m: Float64Array.from(m, (value, i) => axes[i % d].mean(value)),
    c: Float64Array.from(c, (value, i) => value * axes[pairs[i % pairs.length][0]].unit * axes[pairs[i % pairs.length][1]].unit),
  };
}

/**
 * The E-step. shares: K·n, point by point within a component, as often as each counts, which sum to
 * sums[k]; counts: the N_k.
 * They differ where a component is starved, whose shares are relative to its largest.
 * @typedef {{shares: Float64Array, sums: Float64Array, counts: Float64Array, logLikelihood: number, freeEnergy: number}} Sharing
 * @param {Cloud} cloud @param {Mixture} mixture @param {number} temperature @returns {Sharing}
 */
function expectation({ n, d, values, often, total, scale }, mixture, temperature) {
  const { K } = mixture;
  const logJoint = logJointOf(mixture);
  const shares = new Float64Array(K * n);
  const [peaks, logPartitions] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < K; k++) {
    for (let i = 0; i < n; i++) shares[k * n + i] = logJoint(values, i * d, k);
  }
  let [logLikelihood, freeEnergy] = [0, 0];
  for (let i = 0; i < n; i++) {
    const point = shareOut(shares, i, n, K, temperature);
    logLikelihood += often[i] * point.logEvidence;
    freeEnergy += often[i] * point.freeEnergy;
    for (let j = i; j < K * n; j += n) shares[j] *= often[i];
    peaks[i] = point.peak;
    logPartitions[i] = point.logPartition;
  }
  const sums = Float64Array.from({ length: K }, (_, k) => sumOf(shares, k * n, n));
  const counts = sums.slice();
  for (let k = 0; k < K; k++) {
    if (counts[k] >= STARVED * total || temperature === 0) continue;
    let largest = -Infinity;
    for (let i = 0; i < n; i++) {
      const log = (logJoint(values, i * d, k) - peaks[i]) / temperature - logPartitions[i] + Math.log(often[i]);
      shares[k * n + i] = log;
      largest = Math.max(largest, log);
    }
    for (let i = 0; i < n; i++) shares[k * n + i] = Math.exp(shares[k * n + i] - largest);
    sums[k] = sumOf(shares, k * n, n);
    counts[k] = Math.exp(largest + Math.log(sums[k]));
  }
  const unit = total * scale.reduce((sum, value) => sum + Math.log(value), 0);
  return { shares, sums, counts, logLikelihood: logLikelihood - unit, freeEnergy: freeEnergy - unit };
}

/** @param {Float64Array} values @param {number} from @param {number} n */
function sumOf(values, from, n) {
  let sum = 0;
  for (let i = from; i < from + n; i++) sum += values[i];
  return sum;
}

/**
 * The M-step (PRML 9.24 to 9.27) under the rules. usable: whether EM can go on from the mixture.
 * @param {Cloud} cloud @param {Mixture} before @param {Sharing} sharing @param {Options} options
 */
function maximisation(cloud, before, { shares, sums, counts }, { covarianceType, varianceFloor, rules }) {
  const { n, d } = cloud;
  const { K } = before;
  const entries = before.c.length / K;
  const m = new Float64Array(K * d);
  const scatter = new Float64Array(K * entries);
  for (let k = 0; k < K; k++) {
    const held = rules.fixedMeans.includes(k) ? before.m.subarray(k * d, (k + 1) * d) : null;
    const moments = momentsOf(cloud, shares.subarray(k * n, (k + 1) * n), sums[k], held);
    m.set(moments.mean, k * d);
    scatter.set(moments.covariance, k * entries);
  }
  const c = aboveFloor(ofType(scatter, counts, d, covarianceType), cloud, varianceFloor);
  for (const k of rules.fixedCovariances) c.set(before.c.subarray(k * entries, (k + 1) * entries), k * entries);
  const mixture = { K, d, w: newWeights(counts, cloud.total, before.w, rules), m, c };
  const all = [...counts.keys()];
  const empty = all.filter((k) => counts[k] === 0 || mixture.w[k] === 0);
  const collapsed = all.filter((k) => !empty.includes(k) && !rules.fixedCovariances.includes(k) && hasCollapsed(mixture, k, cloud));
  return { mixture, empty, collapsed, usable: !empty.length && all.every((k) => smallestEigenvalue(mixture, k) > UNUSABLE) };
}

/**
 * Mean, taken again about its first value, and covariance about it; about `held` where that stays.
 * @param {Cloud} cloud @param {Float64Array} shares @param {number} sum @param {Float64Array | null} held
 */
function momentsOf({ n, d, values }, shares, sum, held) {
  const about = held ? Float64Array.from(held) : new Float64Array(d);
  if (!held) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < d; j++) about[j] += shares[i] * values[i * d + j];
    }
    for (let j = 0; j < d; j++) about[j] /= sum;
  }
  const [first, offset] = [new Float64Array(d), new Float64Array(d)];
  const second = new Float64Array((d * (d + 1)) / 2);
  for (let i = 0; i < n; i++) {
    const share = shares[i];
    for (let j = 0; j < d; j++) first[j] += share * (offset[j] = values[i * d + j] - about[j]);
    let entry = 0;
    for (let j = 0; j < d; j++) {
      const left = share * offset[j];
      for (let l = j; l < d; l++) second[entry++] += left * offset[l];
    }
  }
  const shift = first.map((value) => (held ? 0 : value / sum));
  const pairs = upperTriangle(d);
  return {
    mean: about.map((value, j) => value + shift[j]),
    covariance: second.map((value, entry) => value / sum - shift[pairs[entry][0]] * shift[pairs[entry][1]]),
  };
}

/** Covariances as their type allows them. @param {Float64Array} scatter @param {Float64Array} counts @param {number} d @param {Options["covarianceType"]} type */
function ofType(scatter, counts, d, type) {
  const entries = scatter.length / counts.length;
  if (type === "tied") {
    const total = counts.reduce((a, b) => a + b);
    const pooled = Array.from({ length: entries }, (_, e) => counts.reduce((sum, count, k) => sum + (count / total) * scatter[k * entries + e], 0));
    return scatter.map((_, i) => pooled[i % entries]);
  }
  if (type === "full") return scatter.slice();
  const pairs = upperTriangle(d);
  const variances = [...pairs.keys()].filter((e) => pairs[e][0] === pairs[e][1]);
  const common = (/** @type {number} */ from) => variances.reduce((sum, e) => sum + scatter[from + e], 0) / d;
  return scatter.map((value, i) => {
    if (!variances.includes(i % entries)) return 0;
    return type === "diag" ? value : common(i - (i % entries));
  });
}

/**
 * With no variance in any direction, in axes scaled by the data's deviations, below the floor.
 * @param {Float64Array} c @param {Cloud} cloud @param {number} floor
 */
function aboveFloor(c, { d, variances }, floor) {
  if (floor === 0) return c;
  const pairs = upperTriangle(d);
  const deviations = variances.map((variance) => Math.sqrt(variance > 0 ? variance : 1));
  const found = c.slice();
  for (let i = 0; i < c.length; i += pairs.length) {
    const { values, vectors } = eigen(pairs.map(([j, l], e) => c[i + e] / (deviations[j] * deviations[l])), d);
    if (!(Math.min(...values) < floor)) continue;
    const raised = values.map((value) => Math.max(value, floor));
    const rebuilt = pairs.map(([j, l]) => raised.reduce((sum, value, a) => sum + value * vectors[a][j] * vectors[a][l], 0));
    found.set(rebuilt.map((value, e) => value * (deviations[pairs[e][0]] * deviations[pairs[e][1]])), i);
  }
  return found;
}

/** @param {Float64Array} counts @param {number} all their sum @param {Float64Array} before @param {Rules} rules */
function newWeights(counts, all, before, { equalWeights, fixedWeights }) {
  const K = counts.length;
  if (equalWeights) return new Float64Array(K).fill(1 / K);
  if (!fixedWeights.length) return counts.map((count) => count / all);
  const free = [...counts.keys()].filter((k) => !fixedWeights.includes(k));
  const left = free.reduce((sum, k) => sum + before[k], 0);
  const total = free.reduce((sum, k) => sum + counts[k], 0);
  return before.map((weight, k) => (free.includes(k) ? (left * counts[k]) / total : weight));
}

/** @param {Mixture} mixture @param {number} k @param {Cloud} cloud */
function hasCollapsed({ d, c }, k, { spans, scale }) {
  const pairs = upperTriangle(d);
  const narrow = pairs.some(([j, l], e) => {
    const least = Math.max((COLLAPSED * spans[j]) ** 2, LEAST_NORMAL / scale[j] ** 2);
    return j === l && c[k * pairs.length + e] <= least;
  });
  return narrow || (d > 1 && smallestEigenvalue({ d, c }, k) < COLLAPSED);
}

/** Of the correlation matrix; 0 where there is none. @param {{d: number, c: Float64Array}} mixture @param {number} k */
export function smallestEigenvalue({ d, c }, k) {
  const pairs = upperTriangle(d);
  const own = c.subarray(k * pairs.length, (k + 1) * pairs.length);
  if (!own.every((value, e) => Number.isFinite(value) && (value > 0 || pairs[e][0] !== pairs[e][1]))) return 0;
  const deviations = Array.from(own).filter((_, e) => pairs[e][0] === pairs[e][1]).map(Math.sqrt);
  return Math.min(...eigen(pairs.map(([j, l], e) => (j === l ? 1 : own[e] / deviations[j] / deviations[l])), d).values);
}

/** Whether the next M-step has to bring the mixture into its type, above the floor or to equal weights. @param {Cloud} cloud @param {Mixture} mixture @param {Options} options */
function isUnfitting(cloud, { K, d, w, c }, { covarianceType, varianceFloor, rules }) {
  if (rules.equalWeights && w.some((weight) => Math.abs(weight * K - 1) > FITTING)) return true;
  const entries = c.length / K;
  const typed = ofType(c, w, d, covarianceType);
  const high = aboveFloor(c, cloud, varianceFloor);
  const pairs = upperTriangle(d);
  const deviation = (/** @type {number} */ i, /** @type {number} */ j) =>
    Math.sqrt(c[i - (i % entries) + entryAt(d, j, j)]);
  return c.some((value, i) => {
    if (rules.fixedCovariances.includes(Math.floor(i / entries))) return false;
    const [row, column] = pairs[i % entries];
    return Math.abs(typed[i] - value) > FITTING * deviation(i, row) * deviation(i, column) || high[i] !== value;
  });
}

/**
 * A run, as em_core's `fit` with its `Trace`; after so many iterations it is left as it is, running.
 * @param {ArrayLike<number>} values n·d coordinates @param {Mixture} start @param {Options} options
 * @param {ArrayLike<number> | null} counts @param {number} atMost iterations
 */
export function runFrom(values, start, options, counts = null, atMost = Infinity) {
  /** @type {Reached[]} */
  const reached = [];
  for (const round of rounds(cloudOf(values, start.d, options.covarianceType, counts), start, options)) {
    reached.push(round);
    if (round.t >= atMost) break;
  }
  const { outcome, components, t } = reached[reached.length - 1];
  const kept = reached.filter(({ mixture }) => mixture !== null);
  return {
    mixtures: kept.map(({ mixture }) => /** @type {Mixture} */ (mixture)),
    logLikelihoods: Float64Array.from(kept, ({ logLikelihood }) => logLikelihood),
    outcome, components, iteration: t,
  };
}
