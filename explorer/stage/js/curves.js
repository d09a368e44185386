// @ts-check
// Curves in data units: {x, y} lists of places, a null in x where the pen is lifted.

import { logWeightedDensity, posterior } from "./formulas.js";

/** @typedef {import("./formulas.js").Mixture} Mixture */
/** @typedef {{x: (number | null)[], y: (number | null)[]}} Curve */

const EVEN_PLACES = 180;
const ELLIPSE_SIDES = 96;
const CONTOUR_CELLS = 64;

/** An ellipse holds this share of its component's probability. */
export const LEVEL = 0.9;
/** Its Mahalanobis radius: the square root of a chi-squared quantile, 2 degrees of freedom. */
export const RADIUS = Math.sqrt(-2 * Math.log1p(-LEVEL));

/** @type {Curve} */
export const NOTHING = { x: [], y: [] };

/** @param {number} left @param {number} right @param {number} n */
export const even = (left, right, n) => Array.from({ length: n }, (_, i) => left + ((right - left) * i) / (n - 1));

// A curve narrower than a twelfth of the view is drawn at these places too, in σ from its mean.
const NEAR_MEAN = even(-4, 4, 65);
const NARROW_PART = 12;

/**
 * Places to draw curves at: evenly over what is in view, closely about the means of narrow components.
 * @param {Mixture} mixture @param {number[]} components @param {[number, number]} range
 */
export function curveGrid(mixture, components, [left, right]) {
  const grid = even(left, right, EVEN_PLACES);
  for (const k of components) {
    const sd = Math.sqrt(mixture.c[k]);
    if (NARROW_PART * sd > right - left) continue;
    for (const z of NEAR_MEAN) {
      const x = mixture.m[k] + z * sd;
      if (x > left && x < right) grid.push(x);
    }
  }
  return grid.sort((a, b) => a - b);
}

/** w_k N(x | mu_k, σ_k²). @param {Mixture} mixture @param {number} k @param {[number, number]} range @returns {Curve} */
export function componentCurve(mixture, k, range) {
  const x = curveGrid(mixture, [k], range);
  return { x, y: x.map((place) => Math.exp(logWeightedDensity(mixture, k, place))) };
}

/** Where along the grid the most probable component changes. @param {Mixture} mixture @param {number[]} grid */
export function boundaryPlaces(mixture, grid) {
  const shares = new Float64Array(mixture.K);
  /** @param {number} x */
  const leader = (x) => {
    posterior(mixture, x, x, shares);
    return shares.indexOf(Math.max(...shares));
  };
  const places = [];
  for (let i = 1; i < grid.length; i++) {
    let [low, high] = [grid[i - 1], grid[i]];
    const before = leader(low);
    if (before === leader(high)) continue;
    for (let halving = 0; halving < 24; halving++) {
      const middle = (low + high) / 2;
      if (leader(middle) === before) low = middle;
      else high = middle;
    }
    places.push((low + high) / 2);
  }
  return places;
}

/**
 * The outline that holds LEVEL of a Gaussian: mean + RADIUS · L · (cos, sin), Σ = L Lᵀ.
 * @param {Mixture} mixture @param {number} k @returns {Curve}
 */
export function ellipse(mixture, k) {
  const { m, c } = mixture;
  const sdX = Math.sqrt(c[3 * k]);
  const sdY = Math.sqrt(c[3 * k + 2]);
  const correlation = c[3 * k + 1] / sdX / sdY;
  const rest = Math.sqrt(Math.max(0, (1 - correlation) * (1 + correlation)));
  const x = [];
  const y = [];
  for (let side = 0; side <= ELLIPSE_SIDES; side++) {
    const angle = (2 * Math.PI * side) / ELLIPSE_SIDES;
    const u = RADIUS * Math.cos(angle);
    const v = RADIUS * Math.sin(angle);
    x.push(m[2 * k] + sdX * u);
    y.push(m[2 * k + 1] + sdY * (correlation * u + rest * v));
  }
  return { x, y };
}

/**
 * Lines of equal density, each a factor of √10 apart, down to a thousandth of the highest place.
 * @param {Mixture} mixture @param {[number, number]} across @param {[number, number]} up @returns {Curve}
 */
export function mixtureContours(mixture, across, up) {
  const columns = even(...across, CONTOUR_CELLS);
  const rows = even(...up, CONTOUR_CELLS);
  const levels = [-3, -2.5, -2, -1.5, -1, -0.5];
  return contourLines(columns, rows, contourHeights(mixture, columns, rows), levels);
}

/** As powers of ten below the highest place. @param {Mixture} mixture @param {number[]} columns @param {number[]} rows */
function contourHeights(mixture, columns, rows) {
  const shares = new Float64Array(mixture.K);
  const heights = rows.map((y) => columns.map((x) => posterior(mixture, x, y, shares) / Math.LN10));
  const highest = Math.max(...heights.map((row) => Math.max(...row)));
  return heights.map((row) => row.map((height) => height - highest));
}

/**
 * By marching squares: in each cell of the grid, straight from where one edge is crossed to where
 * the next one is.
 * @param {number[]} columns @param {number[]} rows @param {number[][]} heights @param {number[]} levels
 * @returns {Curve}
 */
function contourLines(columns, rows, heights, levels) {
  /** @type {Curve} */
  const lines = { x: [], y: [] };
  for (const level of levels) {
    for (let i = 1; i < rows.length; i++) {
      for (let j = 1; j < columns.length; j++) {
        const corners = [[i - 1, j - 1], [i - 1, j], [i, j], [i, j - 1]];
        /** @type {[number, number][]} */
        const crossings = [];
        corners.forEach(([row, column], c) => {
          const [nextRow, nextColumn] = corners[(c + 1) % 4];
          const here = heights[row][column] - level;
          const there = heights[nextRow][nextColumn] - level;
          if (here < 0 === there < 0) return;
          const part = here / (here - there);
          crossings.push([
            columns[column] + part * (columns[nextColumn] - columns[column]),
            rows[row] + part * (rows[nextRow] - rows[row]),
          ]);
        });
        for (let c = 0; c + 1 < crossings.length; c += 2) {
          lines.x.push(crossings[c][0], crossings[c + 1][0], null);
          lines.y.push(crossings[c][1], crossings[c + 1][1], null);
        }
      }
    }
  }
  return lines;
}

/** At most `most` of the whole numbers to `last`: the first ones all, then evenly, always the last. @param {number} last @param {number} most */
export function thinned(last, most) {
  if (last < most) return Array.from({ length: last + 1 }, (_, t) => t);
  const first = Math.floor(most / 3);
  const later = even(first, last, most - first).map(Math.round);
  return [...Array.from({ length: first }, (_, t) => t), ...later.filter((t, i) => t !== later[i - 1])];
}
