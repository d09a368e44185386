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

/** @param {Mixture} one @param {Mixture} other */
export const same = (one, other) =>
  one.m.every((value, i) => value === other.m[i]) && one.c.every((value, i) => value === other.c[i]);

/** @param {Mixture} mixture @returns {import("./messages.js").MoveStart} */
export function moveStart({ K, d, m, c }) {
  const rows = Array.from({ length: K }, (_, k) => k);
  return {
    kind: "move_start",
    means: rows.map((k) => Array.from(m.subarray(k * d, (k + 1) * d))),
    covariances: rows.map((k) =>
      d === 1 ? [[c[k]]] : [[c[3 * k], c[3 * k + 1]], [c[3 * k + 1], c[3 * k + 2]]]),
  };
}
