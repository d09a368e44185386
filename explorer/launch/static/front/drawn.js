// @ts-check
// What a link leaves to be drawn: points by a generator (em_core/datasets/recipes.py) and a start at
// quantiles (em_core/starts.py). tests/browser/test_front.py holds both to em_core.

import { eigen } from "../../../stage/js/eigen.js";
import { cloudOf } from "../../../stage/js/em.js";
import { upperTriangle } from "../../../stage/js/formulas.js";
import { Random } from "./random.js";

/** @typedef {import("../../../stage/js/em.js").Options} Options */
/** @typedef {import("../../../stage/js/formulas.js").Mixture} Mixture */
/** @typedef {{n: number, d: number, values: number[], counts: number[] | null}} Points */
/** As `Generated` of explorer/model/problem.py. @typedef {{recipe: string, n: number, n_components: number, separation: number, seed: number}} Draw */
/** Where groups are, and by which lower triangles (d = 1: 1; d = 2: 3 numbers) noise is stretched. @typedef {{title: string, d: number, means: number[], lower: number[][]}} Recipe */

/** With six significant digits, as Python's :g. @param {number} value */
const brief = (value) => String(Number(value.toPrecision(6)));
/** @param {number} K */
const ordinals = (K) => Array.from({ length: K }, (_, k) => k);

/** @type {Record<string, (K: number, separation: number) => Recipe>} */
const RECIPES = {
  mixture_1d: (K, separation) => ({
    title: `${K} components, ${brief(separation)} σ apart`,
    d: 1,
    means: ordinals(K).map((k) => separation * (k - (K - 1) / 2)),
    lower: ordinals(K).map(() => [1]),
  }),
  crossing_clouds: (K, separation) => ({
    title: `${K} crossing clouds, stretched by ${brief(1 + separation)}`,
    d: 2,
    means: new Array(2 * K).fill(0),
    lower: ordinals(K).map((k) => {
      const [across, up] = [Math.cos((Math.PI * k) / K), Math.sin((Math.PI * k) / K)];
      const stretch = (1 + separation) ** 2 - 1;
      const left = Math.sqrt(1 + stretch * across * across);
      const between = (stretch * across * up) / left;
      return [left, between, Math.sqrt(1 + stretch * up * up - between * between)];
    }),
  }),
  single_gaussian: () => ({ title: "One single Gaussian", d: 1, means: [0], lower: [[1]] }),
};

/** The points, and of each the group it is from. @param {Draw} draw @param {import("./random.js").Normals} normals */
export function drawn({ recipe, n, n_components, separation, seed }, normals) {
  const { title, d, means, lower } = RECIPES[recipe](n_components, separation);
  const random = new Random(seed, normals);
  const ends = lower.map((_, k, { length }) => ordinals(k + 1).reduce((sum) => sum + 1 / length, 0));
  const labels = Array.from({ length: n }, () => {
    const at = random.uniform();
    return ends.findIndex((end) => at < end / ends[ends.length - 1]);
  });
  const values = labels.flatMap((k) => {
    const [x, y] = [random.normal(), d === 1 ? 0 : random.normal()];
    const [left, between, up] = lower[k];
    return d === 1 ? [means[k] + left * x] : [means[2 * k] + left * x, means[2 * k + 1] + (between * x + up * y)];
  });
  return { title, d, n, values, labels };
}

/** Share, mean and covariance of each group. @param {number[]} values @param {number} d @param {number[]} labels @returns {Mixture} */
export function groupsOf(values, d, labels) {
  const K = labels.reduce((a, b) => Math.max(a, b)) + 1;
  const members = ordinals(K).map((k) => [...labels.keys()].filter((i) => labels[i] === k));
  const mean = (/** @type {number[]} */ list, /** @type {(i: number) => number} */ of) => list.reduce((sum, i) => sum + of(i), 0) / list.length;
  const m = members.map((list) => ordinals(d).map((j) => mean(list, (i) => values[i * d + j])));
  const c = members.map((list, k) => upperTriangle(d).map(([j, l]) => mean(list, (i) => (values[i * d + j] - m[k][j]) * (values[i * d + l] - m[k][l]))));
  return {
    K, d,
    w: Float64Array.from(members, ({ length }) => length / labels.length),
    m: Float64Array.from(m.flat()),
    c: Float64Array.from(c.flat()),
  };
}

/**
 * K means at the (j + ½)/K quantiles along the first principal axis, each one of the points; null where
 * there are fewer different ones, or one axis has no spread.
 * @param {Points} points @param {number} K @param {Options["covarianceType"]} type @returns {Mixture | null}
 */
export function atQuantiles({ n, d, values, counts }, K, type) {
  const cloud = cloudOf(values, d, "full", counts);
  const rows = differentRows(values, d, n, cloud.often);
  if (rows.length < K || cloud.spans.some((span) => span === 0)) return null;
  const along = rows.map(placesAlong(cloud, rows));
  const order = [...rows.keys()].sort((a, b) => along[a] - along[b]);
  let below = 0;
  const cumulative = order.map((row) => (below += rows[row].often));
  const places = [];
  for (const j of ordinals(K)) {
    const reached = cumulative.findIndex((sum) => sum >= ((2 * j + 1) * below) / (2 * K));
    places.push(Math.max(reached, j && places[j - 1] + 1));
  }
  const chosen = places.map((place, j) => rows[order[Math.min(place, rows.length - K + j)]].first);
  const own = cloud.variances.map((variance, j) => (cloud.scale[j] * Math.sqrt(variance)) ** 2);
  const common = own.reduce((a, b) => a + b) / d;
  const variances = own.map((variance) => (type === "spherical" ? common : variance) / K);
  return {
    K, d,
    w: new Float64Array(K).fill(1 / K),
    m: Float64Array.from(chosen.flatMap((i) => values.slice(i * d, (i + 1) * d))),
    c: Float64Array.from(ordinals(K).flatMap(() => upperTriangle(d).map(([j, l]) => (j === l ? variances[j] : 0)))),
  };
}

/** The different points in ascending order: the first of each, and how often it counts. @param {number[]} values @param {number} d @param {number} n @param {Float64Array} often */
function differentRows(values, d, n, often) {
  const apart = (/** @type {number} */ a, /** @type {number} */ b) => {
    const j = ordinals(d).find((axis) => values[a * d + axis] !== values[b * d + axis]);
    return j === undefined ? 0 : values[a * d + j] - values[b * d + j];
  };
  /** @type {{first: number, often: number}[]} */
  const rows = [];
  for (const i of ordinals(n).sort(apart)) {
    const last = rows[rows.length - 1];
    if (last && apart(last.first, i) === 0) last.often += often[i];
    else rows.push({ first: i, often: often[i] });
  }
  return rows;
}

/** Where each row is on the first principal axis of the standardised points. @param {import("../../../stage/js/em.js").Cloud} cloud @param {{first: number, often: number}[]} rows */
function placesAlong({ d, values, often, total, variances }, rows) {
  const means = ordinals(d).map((j) => often.reduce((sum, count, i) => sum + count * values[i * d + j], 0) / total);
  const standard = (/** @type {number} */ i, /** @type {number} */ j) => (values[i * d + j] - means[j]) / Math.sqrt(variances[j]);
  const together = upperTriangle(d).map(([j, l]) => rows.reduce((sum, row) => sum + row.often * standard(row.first, j) * standard(row.first, l), 0));
  const { values: sizes, vectors } = eigen(together, d);
  const axis = vectors[sizes.lastIndexOf(Math.max(...sizes))];
  const sizeable = axis.find((entry) => Math.abs(entry) > Math.max(...axis.map(Math.abs)) / 2) ?? 1;
  return (/** @type {{first: number}} */ { first }) => Math.sign(sizeable) * ordinals(d).reduce((sum, j) => sum + standard(first, j) * axis[j], 0);
}
