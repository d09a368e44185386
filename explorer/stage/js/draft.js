// @ts-check
// A start that is being changed by hand. Pure functions: a mixture in, another one out.

/** @typedef {import("./formulas.js").Mixture} Mixture */

/** To a round step of about a thousandth of the width in view: hands are no finer than that. @param {number} value @param {[number, number]} range */
export function snapped(value, [low, high]) {
  const step = 10 ** Math.floor(Math.log10((high - low) / 300));
  return Number((Math.round(value / step) * step).toPrecision(15));
}

/** @param {Mixture} mixture @param {number} k @param {number[]} mean @returns {Mixture} */
export function withMean(mixture, k, mean) {
  const m = mixture.m.slice();
  m.set(mean, k * mixture.d);
  return { ...mixture, m };
}

/**
 * Component k wider by the factor, in its own shape; tied covariances stay tied: all grow together.
 * @param {Mixture} mixture @param {number} k @param {number} factor @param {boolean} tied @returns {Mixture}
 */
export function scaled(mixture, k, factor, tied) {
  const entries = mixture.c.length / mixture.K;
  const c = mixture.c.map((value, i) =>
    tied || Math.floor(i / entries) === k ? Number((value * factor * factor).toPrecision(12)) : value,
  );
  return { ...mixture, c };
}

/**
 * A component's covariance on the screen, where it is what the eye sees: its half-axes as variances,
 * and the angle of the first, of the two that are nearest to `before` in any direction.
 * @param {Mixture} mixture @param {number} k @param {[number, number]} unit pixels of one unit on each axis
 * @param {number | null} before @returns {{angle: number, variances: [number, number]}}
 */
export function onScreen({ c }, k, [unitX, unitY], before) {
  const [a, b, e] = [c[3 * k] * unitX ** 2, c[3 * k + 1] * unitX * unitY, c[3 * k + 2] * unitY ** 2];
  const half = Math.hypot((a - e) / 2, b);
  const [long, short] = [(a + e) / 2 + half, (a + e) / 2 - half];
  const longAngle = Math.atan2(2 * b, a - e) / 2;
  if (half < 1e-9 * long) return { angle: before ?? 0, variances: [long, long] };
  const quarters = Math.round(((before ?? (b === 0 ? 0 : longAngle)) - longAngle) / (Math.PI / 2));
  return { angle: longAngle + (quarters * Math.PI) / 2, variances: quarters % 2 ? [short, long] : [long, short] };
}

/**
 * Component k with another covariance on the screen; tied covariances stay tied.
 * @param {Mixture} mixture @param {number} k @param {[number, number]} unit
 * @param {{angle: number, variances: [number, number]}} shape @param {boolean} tied @returns {Mixture}
 */
export function reshaped(mixture, k, [unitX, unitY], { angle, variances: [first, second] }, tied) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const entries = [
    (first * cos * cos + second * sin * sin) / unitX ** 2,
    ((first - second) * cos * sin) / (unitX * unitY),
    (first * sin * sin + second * cos * cos) / unitY ** 2,
  ].map((value, i) => (i === 1 && Math.abs(sin * cos) < 1e-12 ? 0 : Number(value.toPrecision(12))));
  const c = mixture.c.map((value, i) => (tied || Math.floor(i / 3) === k ? entries[i % 3] : value));
  return { ...mixture, c };
}

/** One weight; the others share what is left in their old proportions. @param {Mixture} mixture @param {number} k @param {number} weight @returns {Mixture} */
function withWeight(mixture, k, weight) {
  const others = mixture.w.reduce((sum, value, i) => (i === k ? sum : sum + value), 0);
  return { ...mixture, w: mixture.w.map((value, i) => (i === k ? weight : (value / others) * (1 - weight))) };
}

/**
 * Covariances [xx, xy, yy] of component k, or of all where they are tied, each made anew by `change`.
 * @param {Mixture} mixture @param {number} k @param {boolean} tied @param {(entries: number[]) => number[]} change @returns {Mixture}
 */
function withCovariance(mixture, k, tied, change) {
  const entries = mixture.c.length / mixture.K;
  const c = mixture.c.slice();
  for (let j = 0; j < mixture.K; j++) {
    if (tied || j === k) c.set(change(Array.from(c.subarray(j * entries, (j + 1) * entries))), j * entries);
  }
  return { ...mixture, c };
}

/**
 * One parameter changed as the sidebar changes it, edits.py being the rule: correlations stay when
 * a variance changes, and round components stay round.
 * @param {Mixture} mixture @param {import("./sliders.js").Slid} slid @param {import("./em.js").Options["covarianceType"]} type @returns {Mixture}
 */
export function withParameter(mixture, { quantity, axis, k, value }, type) {
  const tied = type === "tied";
  if (quantity === "weight") return withWeight(mixture, k, value);
  if (quantity === "mean") {
    const m = mixture.m.slice();
    m[k * mixture.d + axis] = value;
    return { ...mixture, m };
  }
  if (quantity === "correlation") {
    return withCovariance(mixture, k, tied, ([xx, , yy]) => [xx, value * Math.sqrt(xx * yy), yy]);
  }
  const variance = quantity === "sd" ? value * value : value;
  return withCovariance(mixture, k, tied, ([xx, xy, yy]) => {
    if (mixture.d === 1) return [variance];
    if (type === "spherical") return [variance, xy, variance];
    const stretched = xy * Math.sqrt(variance / (axis ? yy : xx));
    return axis ? [xx, stretched, variance] : [variance, stretched, yy];
  });
}

/** @param {Mixture} one @param {Mixture} other */
export const same = (one, other) =>
  /** @type {("w" | "m" | "c")[]} */ (["w", "m", "c"]).every((name) => one[name].every((value, i) => value === other[name][i]));

/** The weights go along in mid-run, where they are not those of the start. @param {Mixture} mixture @param {boolean} midRun @returns {import("./messages.js").MoveStart} */
export function moveStart({ K, d, w, m, c }, midRun) {
  const rows = Array.from({ length: K }, (_, k) => k);
  return {
    kind: "move_start",
    weights: midRun ? Array.from(w) : null,
    means: rows.map((k) => Array.from(m.subarray(k * d, (k + 1) * d))),
    covariances: rows.map((k) =>
      d === 1 ? [[c[k]]] : [[c[3 * k], c[3 * k + 1]], [c[3 * k + 1], c[3 * k + 2]]]),
  };
}
