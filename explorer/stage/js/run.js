// @ts-check
// The run and the points as they came from Python, and what is in force at a half-step.

import { logJointOf, marginal, shareOut } from "./formulas.js";

/** @typedef {import("./formulas.js").Mixture} Mixture */
/** @typedef {import("./payload.js").Payload} Payload */

/**
 * last: the last half-step; logLikelihoods[t] belongs to mixtures[t]; lowerBounds[t − 1] to the
 * M-step of iteration t. features: how many coordinates points have; d: how many are drawn, and
 * seen: which, where there are more than two. The mixtures are as they are drawn.
 * @typedef {{id: string, dataId: string, K: number, d: number, features: number, seen: Seen, options: import("./em.js").Options,
 *   outcome: import("./em.js").Outcome, endings: import("./payload.js").Endings, mixtures: Mixture[], last: number,
 *   logLikelihoods: Float64Array, lowerBounds: Float64Array}} Run
 */

/** @typedef {[number, number] | null} Seen */

/**
 * What is in force at half-step h: the parameters, the mixture that shared out the points (none
 * before the first E-step), and the parameters the last M-step replaced.
 * @typedef {{h: number, mixture: Mixture, sharer: Mixture | null, previous: Mixture | null}} Frame
 */

/**
 * d: how many coordinates points have; axes: which are drawn across and up; values: coordinates of
 * the points that travelled, flat; rows: which of the n points they are,
 * null for all; counts: how often each was observed, null for once; dots, columns: places among
 * them; bins: middles, heights and edges of a histogram.
 * @typedef {{n: number, d: number, axes: [number, number], spread: number[], values: Float64Array, rows: number[] | null,
 *   dots: number[], counts: number[] | null, levels: number[], columns: number[],
 *   bins: {edges: number[], density: number[]} | null,
 *   dotValues: Float64Array, columnValues: Float64Array, binValues: Float64Array}} Points
 */

/**
 * How far a gliding E-step has come. inTurn: point by point.
 * @typedef {{from: Mixture | null, to: Mixture | null, s: number, inTurn: boolean}} Sharing
 */

/** @param {string} base64 */
function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** @param {string} base64 */
const doubles = (base64) => new Float64Array(bytesOf(base64).buffer);

/** @param {string} base64 */
async function inflated(base64) {
  const stream = new Blob([bytesOf(base64)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Float64Array(await new Response(stream).arrayBuffer());
}

/**
 * The parameters of one iteration lie together: K weights, K·d means, K·t covariances.
 * @param {Payload["run"]} run @param {Seen} seen @returns {Promise<Run>}
 */
export async function decodeRun(run, seen) {
  const { id, dataId, K, d, options, outcome, endings } = run;
  const logLikelihoods = doubles(run.logLikelihoods);
  const values = await inflated(run.parameters);
  const stride = values.length / logLikelihoods.length;
  const mixtures = Array.from(logLikelihoods, (_, t) => {
    const row = values.subarray(t * stride, (t + 1) * stride);
    return { K, d, w: row.subarray(0, K), m: row.subarray(K, K * (1 + d)), c: row.subarray(K * (1 + d)) };
  });
  const last = 2 * (mixtures.length - 1);
  const lowerBounds = doubles(run.lowerBounds);
  const decoded = { id, dataId, K, d, features: d, seen: null, options, outcome, endings, mixtures, last, logLikelihoods, lowerBounds };
  return seenAlong(decoded, seen);
}

/** The run as it is drawn along two coordinates; the same object where nothing changes. @param {Run} run @param {Seen} seen @returns {Run} */
export function seenAlong(run, seen) {
  if (!seen || String(seen) === String(run.seen)) return run;
  const mixtures = run.mixtures.map((mixture) => marginal(mixture.whole ?? mixture, seen));
  return { ...run, d: 2, seen, mixtures };
}

/** @param {Payload["points"]} points @param {number} d @param {Seen} seen @returns {Points} */
export function decodePoints(points, d, seen) {
  const values = doubles(points.values);
  /** @param {number[]} places */
  const chosen = (places) => Float64Array.from(places.flatMap((i) => Array.from(values.subarray(i * d, (i + 1) * d))));
  const edges = points.bins ? points.bins.edges : [];
  return {
    ...points,
    d,
    axes: seen ?? [0, d - 1],
    values,
    dotValues: chosen(points.dots),
    columnValues: chosen(points.columns),
    binValues: Float64Array.from(edges.slice(1), (edge, i) => (edges[i] + edge) / 2),
  };
}

/** The number, from 0, that a travelled point has among all. @param {Points} points @param {number} i */
export const rowOf = (points, i) => (points.rows ? points.rows[i] : i);

/** The place of point `row` among those that travelled, or −1. @param {Points} points @param {number} row */
export const placeOf = (points, row) => (points.rows ? points.rows.indexOf(row) : row);

/** Where points are drawn: of their flat coordinates, those on one of the axes. @param {Points} points @param {Float64Array} values @param {0 | 1} axis */
export const along = ({ d, axes }, values, axis) => values.filter((_, i) => i % d === axes[axis]);

/** @param {Points} points @param {number} i */
export const valueOf = ({ values, d }, i) => Array.from(values.subarray(i * d, (i + 1) * d));

/** @param {Run} run @param {number} h @returns {Frame} */
export function frameAt(run, h) {
  return {
    h,
    mixture: run.mixtures[h >> 1],
    sharer: h > 0 ? run.mixtures[(h - 1) >> 1] : null,
    previous: h > 0 && h % 2 === 0 ? run.mixtures[(h >> 1) - 1] : null,
  };
}

/** @param {Mixture} from @param {Mixture} to @param {number} s from 0 to 1 @returns {Mixture} */
export function mixtureBetween(from, to, s) {
  if (s >= 1 || from === to || from.K !== to.K || from.d !== to.d) return to;
  /** @param {Float64Array} a @param {Float64Array} b */
  const between = (a, b) => Float64Array.from(a, (value, i) => value + s * (b[i] - value));
  return { ...to, w: between(from.w, to.w), m: between(from.m, to.m), c: between(from.c, to.c) };
}

/**
 * Responsibilities of points (all their coordinates, flat) as n·K numbers, by the run's rules and by
 * all coordinates, also of a mixture that is drawn along two; null where nobody shares.
 * @param {Run} run @param {Mixture | null} mixture @param {Float64Array | number[]} points
 */
export function sharesOf({ options }, mixture, points) {
  if (!mixture) return null;
  const { K, d } = mixture.whole ?? mixture;
  const logJoint = logJointOf(mixture.whole ?? mixture);
  const n = points.length / d;
  const shares = new Float64Array(n * K);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < K; k++) shares[i * K + k] = logJoint(points, i * d, k);
    shareOut(shares, i * K, 1, K, options.rules.temperature);
  }
  return shares;
}

/**
 * The same on the way from one sharer to another, `s` from 0 to 1, all together or one after the
 * other; none yet counts as no share at all.
 * @param {Run} run @param {Sharing} sharing @param {Float64Array} points
 */
export function sharesBetween(run, { from, to, s, inTurn }, points) {
  const final = sharesOf(run, to, points);
  if (s >= 1 || from === to) return final;
  const first = sharesOf(run, from, points);
  const n = (final || first || []).length / run.K;
  return (final || first)?.map((_, j) => {
    const [before, after] = [first ? first[j] : 0, final ? final[j] : 0];
    const come = inTurn ? Math.max(0, Math.min(1, s * n - Math.floor(j / run.K))) : s;
    return before + come * (after - before);
  }) ?? null;
}

/** @param {number} h @returns {"start" | "E" | "M"} */
export function phaseOf(h) {
  if (h === 0) return "start";
  return h % 2 ? "E" : "M";
}

/** @param {number} h */
export const iterationOf = (h) => (h + 1) >> 1;

/** The log-likelihood of the parameters in force. @param {Run} run @param {number} h */
export const logLikelihoodAt = (run, h) => run.logLikelihoods[h >> 1];

/**
 * The lower bound (ELBO) at half-step h: the E-step makes it touch the log-likelihood.
 * @param {Run} run @param {number} h
 */
export function lowerBoundAt(run, h) {
  if (h === 0) return null;
  return h % 2 ? run.logLikelihoods[h >> 1] : run.lowerBounds[(h >> 1) - 1];
}

/** How the run ends, in words. @param {Run} run */
export const endingOf = ({ endings, outcome }) => endings[outcome];

/** @typedef {"weight" | "mean" | "variance" | "sd" | "covariance"} Quantity */

/**
 * One parameter of component k after t iterations, on one axis.
 * @param {Run} run @param {[Quantity, number]} quantity @param {number} t @param {number} k
 */
export const parameterAt = (run, quantity, t, k) => parameterOf(run.mixtures[t], quantity, k);

/** @param {Mixture} mixture @param {[Quantity, number]} quantity @param {number} k */
export function parameterOf({ w, m, c, d }, [quantity, axis], k) {
  if (quantity === "weight") return w[k];
  if (quantity === "mean") return m[k * d + axis];
  const entry = d === 1 ? c[k] : c[3 * k + (quantity === "covariance" ? 1 : 2 * axis)];
  return quantity === "sd" ? Math.sqrt(entry) : entry;
}
