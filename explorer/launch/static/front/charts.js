// @ts-check
// The points and the charts as the stage is told of them. What depends on the data and the run is
// worked out here as explorer/charts does, and held to it by tests/browser/test_front.py; all else, words
// and constants too, comes prepared by it.

import { number } from "../../../stage/js/numbers.js";
import { seenOf } from "./problem.js";

/** @typedef {import("../../../stage/js/formulas.js").Mixture} Mixture */
/** @typedef {import("./problem.js").Data} Data */
/** @typedef {import("./problem.js").Problem} Problem */
/** @typedef {import("./prepared.js").Prepared} Prepared */
/** @typedef {{mixtures: Mixture[], logLikelihoods: Float64Array}} Run */
/** @typedef {[number, number]} Range */

/**
 * What of the points is drawn, as in explorer/charts/sketch.py.
 * @typedef {{dots: number[], levels: number[], columns: number[], lowest: number[], highest: number[], spans: number[],
 *   histogram: {edges: number[], density: number[]} | null}} Sketch
 */

/** @param {number} n @returns {number[]} */
const upTo = (n) => Array.from({ length: n }, (_, i) => i);
/** @param {number[]} values @returns {number} */
const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
/** @param {number[]} values @returns {number} */
const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
/** @param {number[]} values */
const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
/** @param {number[]} values */
function deviation(values) {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}
/** @param {number} low @param {number} high @param {number} n */
const evenly = (low, high, n) => upTo(n).map((i) => (i === n - 1 ? high : low + i * ((high - low) / (n - 1))));
/** To the even one of two that are as near. @param {number} value */
const rounded = (value) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));
/** @param {number[]} values */
const unique = (values) => [...new Set(values)];
/** @param {string} words @param {...(string | number)} places */
const filled = (words, ...places) => places.reduce((text, place) => String(text).replace("{}", String(place)), words);
/** @param {number} n */
const count = (n) => number(n, null, 15);
/** @param {Data} data @param {number} j */
const axisOf = ({ values, d, n }, j) => upTo(n).map((i) => values[i * d + j]);

// --- what is drawn of the points --------------------------------------------------------------------

/** @param {Data} data @param {Prepared["sizes"]} sizes @returns {Sketch} */
function sketchOf(data, sizes) {
  const { n, d, counts } = data;
  const axes = upTo(d).map((j) => axisOf(data, j));
  const along = d === 1 ? axes[0] : mainDirection(axes);
  const order = upTo(n).sort((a, b) => along[a] - along[b] || a - b);
  const [lowest, highest] = [axes.map(least), axes.map(most)];
  const crowded = d === 1 && n > sizes.maxDots;
  const dots = crowded ? [] : spreadOut(order, sizes.maxPlaneDots);
  return {
    dots, lowest, highest,
    levels: dots.map(() => 0),
    columns: n <= sizes.maxBars ? order : spreadOut(order, sizes.stripColumns),
    spans: lowest.map((low, j) => highest[j] - low || Math.max(Math.abs(highest[j]), 1) * 0.1),
    histogram: crowded ? histogramOf(axes[0], counts) : null,
  };
}

/** @param {number[][]} axes */
function mainDirection(axes) {
  const [x, y] = axes.map((axis) => {
    const [middle, sd] = [mean(axis), deviation(axis)];
    return axis.map((value) => (value - middle) / (sd > 0 ? sd : 1));
  });
  const together = mean(x.map((value, i) => value * y[i])) >= 0 ? 1 : -1;
  return x.map((value, i) => value + together * y[i]);
}

/** @param {number[]} order @param {number} limit */
const spreadOut = (order, limit) =>
  order.length <= limit ? order : upTo(limit).map((i) => order[Math.floor(((i + 0.5) * order.length) / limit)]);

/** @param {number[]} values @param {number[] | null} counts */
function histogramOf(values, counts) {
  const sorted = Float64Array.from(values).sort();
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const quartile = (/** @type {number} */ q) => {
    const place = q * (sorted.length - 1);
    const [below, part] = [Math.floor(place), place % 1];
    const [one, other] = [sorted[below], sorted[Math.min(below + 1, sorted.length - 1)]];
    return part >= 0.5 ? other - (other - one) * (1 - part) : one + (other - one) * part;
  };
  const width = (2 * (quartile(0.75) - quartile(0.25))) / Math.cbrt(values.length);
  const bins = width > 0 ? Math.floor(Math.max(20, Math.min(120, (high - low) / width))) : 60;
  const edges = evenly(low, high, bins + 1);
  const often = new Array(bins).fill(0);
  values.forEach((value, i) => {
    let bin = Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins));
    if (value < edges[bin]) bin -= 1;
    else if (value >= edges[bin + 1] && bin < bins - 1) bin += 1;
    often[bin] += counts ? counts[i] : 1;
  });
  const total = often.reduce((a, b) => a + b);
  return { edges, density: often.map((many, i) => many / (total * (edges[i + 1] - edges[i]))) };
}

/** How high equal dots are stacked. @param {Data} data @param {number[]} dots @param {Range} view @param {Prepared["sizes"]} sizes */
function stackedLevels({ values }, dots, [left, right], sizes) {
  const width = (right - left) * (dots.length <= sizes.fewDots ? sizes.wide : sizes.narrow);
  const levels = dots.map(() => 0);
  for (let i = 1; i < dots.length; i++) {
    if (values[dots[i]] - values[dots[i - levels[i - 1] - 1]] < width) levels[i] = levels[i - 1] + 1;
  }
  return levels;
}

// --- ranges that hold for the whole run -------------------------------------------------------------

/** @param {Mixture[]} run @param {Sketch} sketch @param {number} j @param {number} opening standard deviations of the start in view @returns {Range} */
function rangeOf(run, { lowest, highest, spans }, j, opening) {
  const [low, high, span] = [lowest[j], highest[j], spans[j]];
  /** @param {Mixture} mixture @param {number} sds */
  const reach = ({ K, d, m, c }, sds) => upTo(K).map((k) => m[k * d + j] + sds * Math.sqrt(c[d === 1 ? k : 3 * k + 2 * j]));
  const means = run.map((mixture) => reach(mixture, 0));
  const [first, last] = [run[0], run[run.length - 1]];
  const farLeft = Math.min(least(reach(first, -opening)), least(means.map(least)) - 0.15 * span);
  const farRight = Math.max(most(reach(first, opening)), most(means.map(most)) + 0.15 * span);
  return [
    Math.min(low - 0.12 * span, Math.max(least(reach(last, -2.3)), low - 0.35 * span), Math.max(farLeft, low - 2 * span)),
    Math.max(high + 0.12 * span, Math.min(most(reach(last, 2.3)), high + 0.35 * span), Math.min(farRight, high + 2 * span)),
  ];
}

/** @param {Mixture[]} run @param {Sketch} sketch @param {number} sd of the data @param {Prepared["sizes"]} sizes */
function topOf(run, { histogram }, sd, sizes) {
  const sds = run.map(({ c }) => Array.from(c, Math.sqrt));
  const peaks = run.map(({ w }, t) => sds[t].map((each, k) => w[k] / (each * Math.sqrt(2 * Math.PI))));
  const plain = peaks.map((row, t) => row.map((peak, k) => (sds[t][k] >= (sizes.spike * sd) / row.length ? peak : 0)));
  const ofData = histogram ? most(histogram.density) : 0;
  const honest = Math.max(mixturePeak(run, sds, plain, sizes), ofData);
  if (honest === 0) return most(peaks[0]) * 1.08;
  const whole = Math.max(mixturePeak(run, sds, peaks, sizes), ofData);
  return 1.08 * (whole <= sizes.tall * honest ? whole : 1.15 * honest);
}

/** @param {Mixture[]} run @param {number[][]} sds @param {number[][]} peaks @param {Prepared["sizes"]} sizes */
function mixturePeak(run, sds, peaks, { mixtures, grid }) {
  let highest = most(peaks.map(most));
  for (const t of someOf(run.length, mixtures)) {
    const m = Array.from(run[t].m);
    for (const x of [...evenly(least(m), most(m), grid), ...m]) {
      highest = Math.max(highest, m.reduce((sum, middle, k) => sum + peaks[t][k] * Math.exp(-0.5 * ((x - middle) / sds[t][k]) ** 2), 0));
    }
  }
  return highest;
}

/** @param {number} n @param {number} limit */
function someOf(n, limit) {
  if (n <= limit) return upTo(n);
  const first = Math.floor(limit / 3);
  return unique([...upTo(first), ...evenly(first, n - 1, limit - first).map(rounded)]);
}

// --- the charts -------------------------------------------------------------------------------------

/** @param {string} text */
const literal = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
/** @param {string} name @param {string} unit */
const withUnit = (name, unit) => (unit ? `${name} (${unit})` : name);
/** @param {string} unit */
const squared = (unit) => (!unit ? "" : /^\p{L}+$/u.test(unit) ? `${unit}²` : `(${unit})²`);

/**
 * `points` and `charts` of the stage's payload.
 * @param {Problem} problem @param {Run} whole @param {Prepared} prepared
 */
export function chartsOf(problem, whole, prepared) {
  const { sizes, words, limits } = prepared;
  const { display } = problem;
  const { data, along } = seenOf(problem);
  const run = { ...whole, mixtures: whole.mixtures.map(along) };
  const sketch = sketchOf(data, sizes);
  const ranges = upTo(data.d).map((j) => rangeOf(run.mixtures, sketch, j, sizes.opening));
  if (data.d === 1) sketch.levels = stackedLevels(data, sketch.dots, ranges[0], sizes);
  const charts = structuredClone(prepared.charts[data.d - 1][display.spread]);
  const top = data.d === 1 ? topOf(run.mixtures, sketch, deviation(data.values), sizes) : 0;
  dressMain(charts.main, data, sketch, ranges, top, display.posterior);
  charts.main.hints = hintsOf(problem.data, sketch, words);
  dressShares(charts.shares, data, sketch, sizes, words);
  dressTrajectory(charts.trajectory, data, run, display.spread);
  return { charts, points: pointsOf(problem.data, sketch, limits.points) };
}

/** As explorer/stage/payload.py has it: all points where they are few. @param {Data} data @param {Sketch} sketch @param {number} few */
function pointsOf(data, { dots, columns, levels, histogram }, few) {
  const { n, d, values, counts } = data;
  const all = n <= few && d <= 2;
  const rows = all ? upTo(n) : unique([...dots, ...columns]).sort((a, b) => a - b);
  const places = new Map(rows.map((row, place) => [row, place]));
  const at = (/** @type {number[]} */ chosen) => chosen.map((row) => /** @type {number} */ (places.get(row)));
  return {
    n, levels, bins: histogram, dots: at(dots), columns: at(columns),
    spread: upTo(d).map((j) => most(axisOf(data, j)) - least(axisOf(data, j))),
    rows: rows.length === n ? null : rows,
    values: base64(Float64Array.from(rows.flatMap((i) => values.slice(i * d, (i + 1) * d)))),
    counts: counts && rows.map((i) => counts[i]),
  };
}

/** What is drawn and what hands can do. @param {Data} data @param {Sketch} sketch @param {Prepared["words"]} words */
function hintsOf({ n, d, counts }, { histogram, dots }, words) {
  const said = d > 2 ? [words.several.replaceAll("{0}", String(d))] : [];
  if (histogram) said.push(filled(words.binned, count(n)));
  else if (dots.length < n) said.push(filled(words.thinned, count(dots.length), count(n)));
  if (counts && !histogram) said.push(words.sized);
  const when = (/** @type {"start" | "later"} */ name) => [...said, d > 2 ? words.shown : words[name]].join(" ");
  return { start: when("start"), later: when("later") };
}

/** @param {any} chart @param {Data} data @param {Sketch} sketch @param {Range[]} ranges @param {number} top @param {boolean} posterior */
function dressMain({ layout }, data, sketch, ranges, top, posterior) {
  const { d, n, title } = data;
  const [columns, units] = [data.columns.map(literal), data.units.map(literal)];
  layout.uirevision = `${title}:${n}`;
  [layout.xaxis, layout.yaxis].slice(0, d).forEach((axis, j) => {
    axis.title.text = withUnit(columns[j], units[j]);
    axis.range = ranges[j];
  });
  if (d === 2) return;
  const rows = most([0, ...sketch.levels]) + 1;
  const strip = sketch.dots.length ? Math.min(0.07 + 0.04 * (rows - 1), 0.2) : 0.02;
  layout.yaxis.title.text = units[0] ? `density (per ${units[0]})` : "density";
  layout.yaxis.range = [0, top];
  layout.yaxis.domain = [strip + 0.03, 1];
  layout.yaxis2.visible = posterior;
  layout.margin.r = posterior ? 48 : 16;
  layout.yaxis3.range = [-0.7, rows - 0.3];
  layout.yaxis3.domain = [0, strip];
}

/** @param {any} chart @param {Data} data @param {Sketch} sketch @param {Prepared["sizes"]} sizes @param {Prepared["words"]} words */
function dressShares(chart, data, { columns }, sizes, words) {
  const { layout } = chart;
  const compact = data.n > sizes.maxBars;
  layout.uirevision = `${data.title}:${data.n}`;
  layout.xaxis.range = [0.5, columns.length + 0.5];
  layout.bargap = sizes.gaps[compact ? "strip" : columns.length <= sizes.fewBars ? "few" : "more"];
  const [caption, ...places] = !compact ? [words.few]
    : data.counts ? [words.counted, columns.length]
    : columns.length === data.n ? [words.all, data.n]
    : [words.some, columns.length, count(data.n)];
  chart.caption = filled(caption, ...places);
  if (data.d === 2) return;
  layout.xaxis.title.text = filled(words.inOrder, withUnit(literal(data.columns[0]), literal(data.units[0])));
  const values = columns.map((i) => data.values[i]);
  const ticked = unique(evenly(0, values.length - 1, Math.min(sizes.ticks, values.length)).map(rounded));
  const [low, high] = [values[0], values[values.length - 1]];
  const ratio = high > low ? Math.max(Math.abs(low), Math.abs(high)) / (high - low) : 1;
  const digits = Math.max(4, Math.min(16, Math.ceil(Math.log10(Math.max(ratio, 1))) + 4)) - 1;
  layout.xaxis.tickvals = ticked.map((i) => i + 1);
  layout.xaxis.ticktext = ticked.map((i) => number(values[i], null, digits));
}

/** @param {any} chart @param {Data} data @param {Run} run @param {"variance" | "sd"} spread */
function dressTrajectory(chart, { d, units }, { mixtures, logLikelihoods }, spread) {
  const foreign = units.map(literal);
  const product = foreign[0] === foreign[1] ? squared(foreign[0]) : foreign.filter(Boolean).join("·");
  /** @type {[string, number][]} */
  const panels = [...chart.panels, ["", 0]];
  const last = mixtures.length - 1;
  panels.forEach(([quantity, j], i) => {
    const curves = quantity ? mixtures.flatMap((mixture) => Array.from({ length: mixture.K }, (_, k) => entryOf(mixture, quantity, j, k))) : Array.from(logLikelihoods);
    const uneven = quantity === spread && most(curves) > 1000 * least(curves) && least(curves) > 0;
    const unit = { mean: foreign[j], sd: foreign[j], variance: squared(foreign[j] ?? ""), covariance: product }[quantity] ?? "";
    chart.titles[i] = [chart.titles[i][0], [unit, uneven ? "log" : ""].filter(Boolean).join(", ")];
    const number = i ? i + 1 : "";
    for (const layout of [chart.layout, chart.narrow]) {
      const { dtick, nticks, ...across } = layout[`xaxis${number}`];
      const { type, tickformat, range, ...up } = layout[`yaxis${number}`];
      layout[`xaxis${number}`] = { ...across, range: [-0.04 * Math.max(last, 1), 1.04 * Math.max(last, 1)], ...(last <= 5 ? { dtick: 1 } : { nticks: 5 }) };
      layout[`yaxis${number}`] = { ...up, ...valueAxis(curves, uneven) };
    }
  });
}

/** @param {Mixture} mixture @param {string} quantity @param {number} j @param {number} k */
function entryOf({ w, m, c, d }, quantity, j, k) {
  if (quantity === "weight") return w[k];
  if (quantity === "mean") return m[k * d + j];
  if (quantity === "covariance") return c[3 * k + 1];
  const variance = c[d === 1 ? k : 3 * k + 2 * j];
  return quantity === "sd" ? Math.sqrt(variance) : variance;
}

/** @param {number[]} curves @param {boolean} logarithmic */
function valueAxis(curves, logarithmic) {
  const [low, high] = [least(curves), most(curves)];
  if (logarithmic) return { type: "log", range: [Math.log10(low) - 0.15, Math.log10(high) + 0.15], tickformat: "~g" };
  const margin = 0.08 * (high - low) || 0.05 * Math.abs(high) || 1;
  const size = Math.max(Math.abs(low), Math.abs(high));
  const wide = size >= 1e4 && size < 1e15 && high - low > 0.01 * size;
  return { range: [low - margin, high + margin], ...(wide ? { tickformat: "~s" } : {}) };
}

/** Little-endian doubles. @param {Float64Array} values */
export function base64(values) {
  return btoa(Array.from(new Uint8Array(values.buffer), (byte) => String.fromCharCode(byte)).join(""));
}
