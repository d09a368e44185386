// @ts-check
// Curves in data units: {x, y} lists of places, a null in x where the pen is lifted.

import { bellOf, logAt, logWeightedDensity, posterior, shareOut } from "./formulas.js";

/** @typedef {import("./formulas.js").Mixture} Mixture */
/** @typedef {{x: (number | null)[], y: (number | null)[]}} Curve */

const EVEN_PLACES = 180;
const ELLIPSE_SIDES = 96;
const CONTOUR_CELLS = 64;
const CONTOUR_LEVELS = [-3, -2.5, -2, -1.5, -1, -0.5];
/** In cells: a deviation that is too thin for them, and how wide a cell counts, squared. */
const THIN = 1.2;
const HALF_CELL = 0.5;
/** The squared Mahalanobis distance of the lowest contour and a little more. */
const IN_REACH = 16;
const MOST_PARTS = 12;

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
  const heights = contourHeights(mixture, columns, rows);
  const highest = Math.max(...heightsAtMeans(mixture), ...heights.map((row) => Math.max(...row)));
  const levels = CONTOUR_LEVELS.map((level) => highest + level);
  const finer = closerLook(mixture, columns, rows);
  const lines = contourLines(columns, rows, heights, levels, (i, j) => !finer(i, j));
  for (let i = 1; i < rows.length; i++) {
    for (let j = 1; j < columns.length; j++) {
      const parts = finer(i, j);
      if (!parts) continue;
      const [x, y] = [even(columns[j - 1], columns[j], parts + 1), even(rows[i - 1], rows[i], parts + 1)];
      const within = contourLines(x, y, contourHeights(mixture, x, y), levels);
      for (const place of within.x) lines.x.push(place);
      for (const place of within.y) lines.y.push(place);
    }
  }
  return lines;
}

/**
 * Into how many parts a cell is to be divided each way, 0 for none: where a component passes that
 * is thinner than the cells, lines between their corners would break up.
 * @param {Mixture} mixture @param {number[]} columns @param {number[]} rows @returns {(i: number, j: number) => number}
 */
function closerLook({ K, m, c }, columns, rows) {
  const [width, height] = [columns[1] - columns[0], rows[1] - rows[0]];
  const thin = Array.from({ length: K }, (_, k) => {
    const [a, b, e] = [c[3 * k] / width ** 2, c[3 * k + 1] / (width * height), c[3 * k + 2] / height ** 2];
    const least = Math.sqrt(Math.max(0, (a + e) / 2 - Math.hypot((a - e) / 2, b)));
    const [A, E] = [a + HALF_CELL, e + HALF_CELL];
    return { x: m[2 * k], y: m[2 * k + 1], least, A, b, E, size: A * E - b * b };
  }).filter(({ least }) => least < THIN);
  return (i, j) => {
    let parts = 0;
    for (const { x, y, least, A, b, E, size } of thin) {
      const u = ((columns[j - 1] + columns[j]) / 2 - x) / width;
      const v = ((rows[i - 1] + rows[i]) / 2 - y) / height;
      const far = (E * u * u - 2 * b * u * v + A * v * v) / size;
      if (far < IN_REACH) parts = Math.max(parts, Math.min(MOST_PARTS, Math.ceil(THIN / Math.max(least, 1e-9))));
    }
    return parts;
  };
}

/** In powers of ten. @param {Mixture} mixture */
const heightsAtMeans = (mixture) =>
  Array.from({ length: mixture.K }, (_, k) => contourHeights(mixture, [mixture.m[2 * k]], [mixture.m[2 * k + 1]])[0][0]);

/** In powers of ten. @param {Mixture} mixture @param {number[]} columns @param {number[]} rows */
function contourHeights(mixture, columns, rows) {
  const bells = Array.from({ length: mixture.K }, (_, k) => bellOf(mixture, k));
  const joint = new Float64Array(mixture.K);
  return rows.map((y) =>
    columns.map((x) => {
      bells.forEach((bell, k) => (joint[k] = logAt(bell, x, y)));
      return shareOut(joint, 0, 1, joint.length, 1).logEvidence / Math.LN10;
    }),
  );
}

/**
 * By marching squares: in each cell of the grid, straight from where one edge is crossed to where
 * the next one is.
 * @param {number[]} columns @param {number[]} rows @param {number[][]} heights @param {number[]} levels
 * @param {(i: number, j: number) => boolean} wanted of which cells, by their far corner
 * @returns {Curve}
 */
function contourLines(columns, rows, heights, levels, wanted = () => true) {
  /** @type {Curve} */
  const lines = { x: [], y: [] };
  for (const level of levels) {
    for (let i = 1; i < rows.length; i++) {
      for (let j = 1; j < columns.length; j++) {
        if (!wanted(i, j)) continue;
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
