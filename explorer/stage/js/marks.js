// @ts-check
// Everything that is drawn on the charts, each role once: its style, what fills it, what it follows
// and its words in the legend. On the screen and in print it is the same.

import { blended } from "./colours.js";
import { LEVEL, NOTHING, boundaryPlaces, componentCurve, curveGrid, ellipse, even, mixtureContours, thinned } from "./curves.js";
import { peakHeight, posterior } from "./formulas.js";
import { number, percent } from "./numbers.js";
import { along, logLikelihoodAt, parameterAt, parameterOf, sharesBetween, sharesOf } from "./run.js";

/** @typedef {import("./formulas.js").Mixture} Mixture */
/** @typedef {import("./payload.js").Palette} Palette */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./run.js").Frame} Frame */
/** @typedef {import("./run.js").Points} Points */
/** @typedef {import("./run.js").Quantity} Quantity */
/** @typedef {import("./curves.js").Curve} Curve */

/**
 * What is on the screen, perhaps between two half-steps. seen: up to which half-step the run may be
 * shown; ending: where parameters in the hand would lead; sharing: how far a gliding E-step has come;
 * threads: how plainly the threads from points to components are to be seen, from 0 to 1; across,
 * up: what of the main chart is in view.
 * @typedef {{run: Run, points: Points, frame: Frame, seen: number, ending: Mixture | null,
 *   across: [number, number], up: [number, number], threads: number,
 *   sharing: import("./run.js").Sharing | null}} Scene
 */

/** An ending to compare with. @typedef {Mixture & {logLikelihood: number}} Pinned */

/**
 * What marks depend on besides the scene.
 * @typedef {{palette: Palette, K: number, d: number, points: Points, truth: Mixture | null,
 *   pinned: Pinned | null, posterior: boolean, round: boolean, panels: [Quantity, number][]}} Look
 */

/**
 * follows: what must move for it to be drawn again: "curves" (the parameters), "shares" (the
 * responsibilities), "place" (where the run is), or the "run".
 * @typedef {{role: string, k?: number, kind: string, axes: {x: string, y: string}, follows: Follows,
 *   style: any, content: (scene: Scene) => any, legend?: string}} Mark
 * @typedef {"curves" | "shares" | "place" | "run"} Follows
 */

/** @type {Follows[]} */
export const ALL = ["curves", "shares", "place", "run"];

const MAIN = { x: "x", y: "y" };
const STRIP = { x: "x", y: "y3" };
const POSTERIOR = { x: "x", y: "y2" };
const PATH_PLACES = 150;
const HISTORY_PLACES = 1800;
/** A curve lower than this part of the chart is a line on the axis. */
const LOW = 0.02;
/** Up to so many points have threads to their components; up to so many are drawn as pies. */
export const FEW = 60;
const SOME = 400;

/** @param {number} K */
export const each = (K) => Array.from({ length: K }, (_, k) => k);

/** `make`, called once for a scene. @template T @param {(scene: Scene) => T} make @returns {(scene: Scene) => T} */
function once(make) {
  /** @type {WeakMap<Scene, T>} */
  const known = new WeakMap();
  return (scene) => {
    if (!known.has(scene)) known.set(scene, make(scene));
    return /** @type {T} */ (known.get(scene));
  };
}

/** Responsibilities in force, perhaps still on their way. @param {Scene} scene @param {Float64Array} values */
const sharesAt = (scene, values) => {
  const atRest = { from: null, to: scene.frame.sharer, s: 1, inTurn: false };
  return sharesBetween(scene.run, scene.sharing || atRest, values);
};

/** Those of the dots. */
const dotShares = once((scene) => sharesAt(scene, scene.points.dotValues));

/** A point as a pie of its shares; where they are many, in one colour. @param {Look} look @param {{x: string, y: string}} axes @param {number[]} usualSizes few, some and many @returns {Mark} */
function dotsMark({ palette, K, d, points }, axes, usualSizes) {
  const n = points.dots.length;
  const usual = usualSizes[n <= FEW ? 0 : n <= SOME ? 1 : 2];
  const fills = palette.components.slice(0, K);
  const style = { sizes: dotSizes(points, usual), fills, neutral: palette.neutral, stroke: palette.surface, width: n <= FEW ? 1 : 0.75 };
  const x = along(points, points.dotValues, 0);
  const up = d === 1 ? null : along(points, points.dotValues, 1);
  return {
    role: "points",
    kind: n <= SOME ? "pies" : "dots",
    axes,
    follows: "shares",
    style,
    content: (scene) => ({
      x,
      y: up || scene.points.levels,
      shares: dotShares(scene),
      ...(n <= SOME ? {} : { colours: blended(dotShares(scene), K, n, palette) }),
    }),
  };
}

/**
 * From each point to the components that hold it, as wide as the share.
 * @param {Look} look @param {{x: string, y: string}} ends the axes of the dots @returns {Mark[]}
 */
function threadMarks({ palette, K, d, points }, ends) {
  const n = points.dots.length;
  if (n === 0 || n > FEW || points.n > n) return [];
  return each(K).map((k) => ({
    role: "thread",
    k,
    kind: "threads",
    axes: MAIN,
    follows: "place",
    style: { fill: palette.components[k], width: Math.max(2, Math.min(9, 60 / n)), ends, upright: d === 1 },
    content: (scene) => {
      const shares = scene.threads > 0 ? dotShares(scene) : null;
      const { x, y } = badgePlaces(scene.frame.mixture, d, scene.up);
      return {
        opacity: scene.threads,
        shares: shares ? points.dots.map((_, i) => shares[i * K + k]) : [],
        x: Array.from(along(points, points.dotValues, 0)),
        y: d === 1 ? scene.points.levels : Array.from(along(points, points.dotValues, 1)),
        to: [x[k], y[k]],
      };
    },
  }));
}

/** @param {Look} look @param {number} k */
const ghost = ({ palette }, k) => ({ stroke: palette.ghosts[k], width: 1.25, dash: "4 4" });

/** @param {Look} look @param {number} size @param {number} font */
const badgeStyle = ({ palette, K }, size, font) => ({
  fills: palette.components.slice(0, K),
  texts: palette.on_components.slice(0, K),
  stroke: palette.surface,
  width: 1.5,
  size,
  font,
});

// --- one dimension ---------------------------------------------------------------------------------

/** The grid over the view, the mixture's height and the posteriors (·K) on it. */
const sampled = once(({ frame: { mixture }, across }) => {
  const grid = curveGrid(mixture, each(mixture.K), across);
  const shares = new Float64Array(mixture.K * grid.length);
  const heights = grid.map((x, i) => Math.exp(posterior(mixture, x, x, shares, i * mixture.K)));
  return { grid, heights, shares };
});

/** The largest dot, and the smallest, where dots are as large as their counts. */
const [LARGEST, SMALLEST] = [18, 4];

/**
 * The diameter of each dot: `usual`, or where points have counts such that these are the areas.
 * @param {Points} points @param {number} usual
 */
function dotSizes({ dots, counts }, usual) {
  if (!counts) return dots.map(() => usual);
  const most = Math.max(...dots.map((place) => counts[place]));
  return dots.map((place) => Math.max(SMALLEST, LARGEST * Math.sqrt(counts[place] / most)));
}

/** @param {Look} look @returns {Mark[]} */
export function densityMarks(look) {
  const { palette, K, points, truth } = look;
  /** @type {Mark[]} */
  const marks = [];
  if (points.bins) {
    marks.push({
      role: "histogram",
      kind: "bins",
      axes: MAIN,
      follows: "shares",
      style: { fills: [...palette.components.slice(0, K), palette.neutral], opacity: 0.45 },
      content: (scene) => ({ ...points.bins, shares: sharesAt(scene, points.binValues) }),
    });
  } else {
    marks.push(...threadMarks(look, STRIP), dotsMark(look, STRIP, [points.n <= 30 ? 16 : 10, 7, 7]));
  }
  for (const k of each(K)) {
    marks.push({
      role: "ghost",
      k,
      kind: "line",
      axes: MAIN,
      follows: "curves",
      style: ghost(look, k),
      content: ({ frame, across }) => (frame.previous ? componentCurve(frame.previous, k, across) : NOTHING),
      legend: "before this M-step",
    });
  }
  for (const k of each(K)) {
    marks.push({
      role: "component",
      k,
      kind: "line",
      axes: MAIN,
      follows: "curves",
      style: { stroke: palette.components[k], width: 2, fill: palette.washes[k] },
      content: ({ frame, across }) => componentCurve(frame.mixture, k, across),
    });
  }
  marks.push(...endingMarks(look, componentCurve));
  marks.push(
    {
      role: "boundary",
      kind: "line",
      axes: MAIN,
      follows: "curves",
      style: { stroke: palette.muted, width: 1, dash: "1 3" },
      content: (scene) => {
        const places = boundaryPlaces(scene.frame.mixture, sampled(scene).grid);
        return { x: places.flatMap((x) => [x, x, null]), y: places.flatMap(() => [0, scene.up[1], null]) };
      },
      legend: "decision boundary",
    },
    {
      role: "mixture",
      kind: "line",
      axes: MAIN,
      follows: "curves",
      style: { stroke: palette.ink, width: 1.75 },
      content: (scene) => ({ x: sampled(scene).grid, y: sampled(scene).heights }),
      legend: "mixture",
    },
  );
  if (look.posterior) {
    for (const k of each(K)) {
      marks.push({
        role: "posterior",
        k,
        kind: "line",
        axes: POSTERIOR,
        follows: "curves",
        style: { stroke: palette.components[k], width: 1.5, dash: "1.5 3" },
        content: (scene) => {
          const { grid, shares } = sampled(scene);
          return { x: grid, y: grid.map((_, i) => shares[i * K + k]) };
        },
        legend: "posterior, right-hand axis",
      });
    }
  }
  marks.push({
    role: "peak",
    kind: "words",
    axes: MAIN,
    follows: "curves",
    style: { font: 12 },
    content: ({ frame: { mixture }, up: [, top] }) => {
      const peaks = each(K).map((k) => peakHeight(mixture, k));
      const cut = each(K).filter((k) => peaks[k] > top);
      const low = each(K).filter((k) => peaks[k] < LOW * top);
      return [...cut, ...low].map((k, i) => ({
        x: mixture.m[k],
        row: i < cut.length ? i : -1,
        text: `${i < cut.length ? "▲" : "▼"} ${k + 1} peaks at ${number(peaks[k], null, 3)}`,
        colour: palette.components[k],
      }));
    },
  });
  return [...marks, ...truthMarks(look, wholeCurve), ...pinnedMarks(look, wholeCurve)];
}

/** Where what is in the hand would end: outlines and numbers. @param {Look} look @param {(mixture: Mixture, k: number, across: [number, number]) => Curve} outline @returns {Mark[]} */
function endingMarks(look, outline) {
  const { palette, K, d } = look;
  /** @type {Mark[]} */
  const lines = each(K).map((k) => ({
    role: "ending",
    k,
    kind: "line",
    axes: MAIN,
    follows: "curves",
    style: { stroke: palette.components[k], width: 1.5, dash: "1 4", round: true },
    content: ({ ending, across }) => (ending ? outline(ending, k, across) : NOTHING),
    legend: "where it would end",
  }));
  return [
    ...lines,
    {
      role: "ending_badges",
      kind: "badges",
      axes: MAIN,
      follows: "curves",
      style: { ...badgeStyle(look, 16, 10), opacity: 0.55 },
      content: ({ ending, up }) => (ending ? badgePlaces(ending, d, up) : NOTHING),
    },
  ];
}

/** On the summit of each curve or on its mean. @param {Mixture} mixture @param {number} d @param {[number, number]} up */
const badgePlaces = (mixture, d, [, top]) => ({
  x: each(mixture.K).map((k) => mixture.m[d * k]),
  y: each(mixture.K).map((k) => (d === 1 ? Math.min(peakHeight(mixture, k), top) : mixture.m[2 * k + 1])),
});

/** @param {Mixture} mixture @param {number} k */
function wholeCurve(mixture, k) {
  const reach = 5 * Math.sqrt(mixture.c[k]);
  return componentCurve(mixture, k, [mixture.m[k] - reach, mixture.m[k] + reach]);
}

/** @param {Look} look @param {(mixture: Mixture, k: number) => Curve} outline @returns {Mark[]} */
function truthMarks({ truth, palette }, outline) {
  if (!truth) return [];
  return each(truth.K).map((k) => ({
    role: "truth",
    k,
    kind: "line",
    axes: MAIN,
    follows: "run",
    style: { stroke: palette.ink, width: 1.25, dash: "7 4" },
    content: () => outline(truth, k),
    legend: "true groups",
  }));
}

/** The ending that the run is compared with. @param {Look} look @param {(mixture: Mixture, k: number) => Curve} outline @returns {Mark[]} */
function pinnedMarks({ pinned, palette }, outline) {
  if (!pinned) return [];
  return each(pinned.K).map((k) => ({
    role: "pinned",
    k,
    kind: "line",
    axes: MAIN,
    follows: "run",
    style: { stroke: palette.components[k], width: 1.5, dash: "8 3 2 3" },
    content: () => outline(pinned, k),
    legend: "pinned ending",
  }));
}

// --- two dimensions --------------------------------------------------------------------------------

/** @param {Look} look @returns {Mark[]} */
export function planeMarks(look) {
  const { palette, K } = look;
  /** @type {Mark[]} */
  const marks = [
    {
      role: "contours",
      kind: "line",
      axes: MAIN,
      follows: "curves",
      style: { stroke: palette.muted, width: 0.75, opacity: 0.7 },
      content: ({ frame, across, up }) => mixtureContours(frame.mixture, across, up),
      legend: "mixture contours, √10 apart",
    },
    ...threadMarks(look, MAIN),
    dotsMark(look, MAIN, [12, 8, 5]),
  ];
  for (const k of each(K)) {
    marks.push({
      role: "ghost",
      k,
      kind: "line",
      axes: MAIN,
      follows: "curves",
      style: ghost(look, k),
      content: ({ frame }) => (frame.previous ? ellipse(frame.previous, k) : NOTHING),
      legend: "before this M-step",
    });
  }
  for (const k of each(K)) {
    marks.push({
      role: "path",
      k,
      kind: "line",
      axes: MAIN,
      follows: "curves",
      style: { stroke: palette.components[k], width: 1, knots: true },
      content: ({ run, frame }) => meanPath(run, frame.h, k),
    });
  }
  for (const k of each(K)) {
    marks.push({
      role: "component",
      k,
      kind: "line",
      axes: MAIN,
      follows: "curves",
      style: { stroke: palette.components[k], width: 2.25, fill: palette.washes[k], closed: true },
      content: ({ frame }) => ellipse(frame.mixture, k),
      legend: `${percent(LEVEL)} of each component${look.round ? ", circles but for the scales" : ""}`,
    });
  }
  return [...marks, ...endingMarks(look, ellipse), ...truthMarks(look, ellipse), ...pinnedMarks(look, ellipse)];
}

/** Where the mean has been, thinned when the run is long. @param {Run} run @param {number} h @param {number} k */
function meanPath(run, h, k) {
  const here = h >> 1;
  const n = Math.min(here + 1, PATH_PLACES);
  const steps = n > 1 ? even(0, here, n).map(Math.round) : [here];
  return { x: steps.map((t) => run.mixtures[t].m[2 * k]), y: steps.map((t) => run.mixtures[t].m[2 * k + 1]) };
}

/** The number of each component, on the summit of its curve or on its mean; on the screen they are handles. @param {Look} look @returns {Mark} */
export function badgeMark(look) {
  return {
    role: "badge",
    kind: "badges",
    axes: MAIN,
    follows: "curves",
    style: badgeStyle(look, 18, 11),
    content: ({ frame, up }) => badgePlaces(frame.mixture, look.d, up),
  };
}

// --- responsibilities ------------------------------------------------------------------------------

/** The levels from 0 to 1 between which each component's part of each column lies. */
const stacked = once((scene) => {
  const shares = sharesAt(scene, scene.points.columnValues);
  return shares && levelsOf(shares, scene.run.K);
});

/** @param {Float64Array} shares @param {number} K */
function levelsOf(shares, K) {
  const levels = [new Float64Array(shares.length / K)];
  for (const k of each(K)) levels.push(levels[k].map((level, i) => level + shares[i * K + k]));
  return levels;
}

/** @param {Look} look @param {number} gap @returns {Mark[]} */
export function shareMarks({ palette, K, points, pinned }, gap) {
  const ranks = points.columns.map((_, i) => i + 1);
  /** @type {Mark[]} */
  const columns = each(K).map((k) => ({
    role: "share",
    k,
    kind: "columns",
    axes: MAIN,
    follows: "shares",
    style: { fill: palette.components[k] },
    content: (scene) => {
      const levels = stacked(scene);
      return levels ? { x: ranks, low: levels[k], high: levels[k + 1], gap } : { x: [], low: [], high: [], gap };
    },
  }));
  /** @type {Mark[]} */
  const numbers = each(K).map((k) => ({
    role: "share_number",
    k,
    kind: "numbers",
    axes: MAIN,
    follows: "shares",
    style: { fill: palette.on_components[k], font: 11 },
    content: (scene) => {
      const underway = scene.sharing !== null && scene.sharing.s < 1;
      const levels = underway ? null : stacked(scene);
      const [low, high] = levels ? [levels[k], levels[k + 1]] : [[], []];
      return { x: levels ? ranks : [], low, high, gap, text: (/** @type {number} */ share) => number(share, null, 3) };
    },
  }));
  return [...columns, ...pinnedLevels(pinned, ranks, gap, palette), ...numbers];
}

/** Where one component's part ends and the next one's begins, by the pinned ending. @param {Pinned | null} pinned @param {number[]} ranks @param {number} gap @param {Palette} palette @returns {Mark[]} */
function pinnedLevels(pinned, ranks, gap, palette) {
  if (!pinned) return [];
  const half = (1 - gap) / 2;
  return each(pinned.K - 1).map((k) => ({
    role: "pinned",
    k,
    kind: "line",
    axes: MAIN,
    follows: "run",
    style: { stroke: palette.surface, width: 1.5, dash: "8 3 2 3" },
    content: ({ run, points }) => {
      const levels = levelsOf(/** @type {Float64Array} */ (sharesOf(run, pinned, points.columnValues)), pinned.K)[k + 1];
      return { x: ranks.flatMap((x) => [x - half, x + half, null]), y: ranks.flatMap((_, i) => [levels[i], levels[i], null]) };
    },
  }));
}

// --- trajectory ------------------------------------------------------------------------------------

/** @param {Look} look @returns {Mark[]} */
export function trajectoryMarks(look) {
  const { palette, K, panels, pinned } = look;
  /** @type {Mark[]} */
  const marks = [];
  const most = Math.floor(HISTORY_PLACES / (panels.length * K + 2));
  /** The iterations that may be shown. */
  const steps = once(({ run, seen }) => thinned(Math.min(run.last, seen) >> 1, most));
  panels.forEach((quantity, i) => {
    const axes = panelAxes(i);
    for (const k of each(K)) {
      marks.push({
        role: "history",
        k,
        kind: "line",
        axes,
        follows: "place",
        style: { stroke: palette.components[k], width: 1.75 },
        content: (scene) => ({ x: steps(scene), y: steps(scene).map((t) => parameterAt(scene.run, quantity, t, k)) }),
      });
    }
    for (const k of each(pinned ? pinned.K : 0)) {
      const level = parameterOf(/** @type {Mixture} */ (pinned), quantity, k);
      marks.push({
        role: "pinned",
        k,
        kind: "line",
        axes,
        follows: "run",
        style: { stroke: palette.components[k], width: 1.25, dash: "8 3 2 3" },
        content: ({ run }) => ({ x: [0, run.last / 2], y: [level, level] }),
      });
    }
    marks.push({
      role: "badges",
      kind: "badges",
      axes,
      follows: "place",
      style: { ...badgeStyle(look, 15, 10), width: 1 },
      content: ({ run, frame: { h } }) => ({
        x: each(K).map(() => h >> 1),
        y: each(K).map((k) => parameterAt(run, quantity, h >> 1, k)),
      }),
    });
  });
  const axes = panelAxes(panels.length);
  if (pinned) {
    const { logLikelihood } = pinned;
    marks.push({
      role: "pinned",
      kind: "line",
      axes,
      follows: "run",
      style: { stroke: palette.ink, width: 1.25, dash: "8 3 2 3" },
      content: ({ run }) => ({ x: [0, run.last / 2], y: [logLikelihood, logLikelihood] }),
    });
  }
  marks.push(
    {
      role: "lower_bound",
      kind: "line",
      axes,
      follows: "place",
      style: { stroke: palette.muted, width: 1.25, dash: "3 2" },
      content: (scene) => lowerBounds(scene, steps(scene)),
      legend: "lower bound (ELBO)",
    },
    {
      role: "log_likelihood",
      kind: "line",
      axes,
      follows: "place",
      style: { stroke: palette.ink, width: 1.75 },
      content: (scene) => ({ x: steps(scene), y: steps(scene).map((t) => scene.run.logLikelihoods[t]) }),
      legend: "log-likelihood",
    },
    {
      role: "here",
      kind: "dots",
      axes,
      follows: "place",
      style: { sizes: [9], stroke: palette.surface, width: 1, moving: true },
      content: ({ run, frame: { h } }) => ({ x: [h / 2], y: [logLikelihoodAt(run, h)], colours: [palette.ink] }),
    },
  );
  return marks;
}

/** The axes of the panel, from 0. @param {number} i */
export const panelAxes = (i) => (i ? { x: `x${i + 1}`, y: `y${i + 1}` } : MAIN);

/** The E-step lifts the bound to the log-likelihood, the M-step lifts both. @param {Scene} scene @param {number[]} steps */
function lowerBounds({ run }, steps) {
  const later = steps.filter((t) => t > 0 && t <= run.lowerBounds.length);
  return {
    x: later.flatMap((t) => [t - 0.5, t]),
    y: later.flatMap((t) => [run.logLikelihoods[t - 1], run.lowerBounds[t - 1]]),
  };
}
