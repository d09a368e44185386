// @ts-check
// The problem that an address stands for, and what hands do to it, as explorer/model has them.

import { smallestEigenvalue } from "../../../stage/js/em.js";
import { marginal, upperTriangle } from "../../../stage/js/formulas.js";
import { atQuantiles, drawn, groupsOf } from "./drawn.js";
import { LeftToPython } from "./link.js";

/** @typedef {import("../../../stage/js/em.js").Options} Options */
/** @typedef {import("../../../stage/js/formulas.js").Mixture} Mixture */
/** @typedef {import("../../../stage/js/messages.js").Edit} Edit */
/** @typedef {import("../../../stage/js/payload.js").MixturePayload} MixturePayload */
/** @typedef {import("./link.js").Said} Said */
/** @typedef {import("./prepared.js").Prepared} Prepared */

/**
 * values: n·d coordinates, flat; counts: how often each was observed, null for once; source: the name of
 * the data set, "" for points that are drawn or own ones; draw: by which generator they are drawn.
 * @typedef {{n: number, d: number, values: number[], counts: number[] | null, title: string, columns: string[],
 *   units: string[], source: string, draw: import("./drawn.js").Draw | null, truth: MixturePayload | null}} Data
 * @typedef {{spread: "variance" | "sd", posterior: boolean, truth: boolean, query: boolean, query_at: number | null, present: boolean, pair: [number, number]}} Display
 * @typedef {{page: string, data: Data, start: Mixture, options: Options, display: Display, h: number, point: number | null, component: number}} Problem
 */

/** Python writes smaller numbers with an exponent, in the title of what is drawn. */
const PLAINLY_WRITTEN = 1e-4;

/** @param {Said} said @param {Prepared} prepared @returns {Problem} */
export function problemOf({ values }, prepared) {
  /** @param {string} part @returns {Record<string, any>} the values of a part by attribute */
  const given = (part) =>
    Object.fromEntries(
      Object.entries(values)
        .filter(([name]) => prepared.fields[name].part === part)
        .map(([name, value]) => [prepared.fields[name].name, meant(value, prepared.fields[name].kind)]),
    );
  const { page = prepared.pages[0], point = null, component = 0 } = given("view");
  if (!prepared.pages.includes(page) || Object.keys(given("terms")).length) throw new LeftToPython("page");
  const data = dataOf(given("named"), given("drawn"), given("own"), prepared);
  const rules = { ...prepared.options.rules, ...camelled(given("rules")) };
  const options = { ...prepared.options, ...camelled(given("options")), rules };
  const start = startOf(given("start"), given("drawn").n_components, data, options.covarianceType, prepared);
  const { iteration = 0, phase = "start" } = given("cursor");
  const held = [...rules.fixedWeights, ...rules.fixedMeans, ...rules.fixedCovariances];
  const display = { ...prepared.display, ...given("display") };
  const missing = Math.max(...display.pair) >= Math.max(data.d, 2);
  if (missing || point >= data.n || component >= start.K || held.some((k) => k >= start.K)) throw new LeftToPython("value");
  const h = Math.max(0, 2 * Math.min(iteration, options.maxIter) - Number(phase === "E"));
  return { page, data, start, options, display, h, point, component };
}

/** @param {import("./link.js").Plain} value @param {import("./link.js").Kind} kind @returns {any} */
function meant(value, kind) {
  if (kind.is === "choice") return kind.words[String(value)];
  if (kind.is === "whole") return Number(value) - kind.first;
  if (kind.is === "members") return /** @type {number[]} */ (value).map((k) => k - 1).sort((a, b) => a - b);
  if (kind.is === "two") return /** @type {number[]} */ (value).map((column) => column - 1);
  return value;
}

/** @param {Record<string, any>} values */
const camelled = (values) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()), value]));

/** @param {Record<string, any>} named @param {Record<string, any>} drawing @param {Record<string, any>} own @param {Prepared} prepared @returns {Data} */
function dataOf(named, drawing, own, prepared) {
  const { n_components, ...draw } = drawing;
  if (Object.keys(draw).length) return drawnData({ ...prepared.draw, ...drawing }, Boolean(draw.recipe) && !named.name && !own.points, prepared);
  if (!("points" in own)) {
    const source = named.name ?? prepared.usual;
    const { points, d, ...known } = prepared.sets[source];
    return { ...known, d, n: points.length / d, values: points, counts: null, source, draw: null };
  }
  if ("name" in named || "bins" in own) throw new LeftToPython("value");
  const rows = own.points.map((/** @type {number | number[]} */ row) => [row].flat());
  const d = rows[0].length;
  if (d > prepared.own.columns.length || rows.some((/** @type {number[]} */ row) => row.length !== d)) throw new LeftToPython("value");
  const words = { ...prepared.own, ...own };
  const counts = own.counts?.some((/** @type {number} */ count) => count !== 1) ? own.counts : null;
  const [columns, units] = d > 2 ? [own.columns ?? [], own.units ?? []] : [[words.x_column, words.y_column], [words.x_unit, words.y_unit]];
  const data = {
    n: rows.length, d, values: rows.flat(), counts, title: words.title, source: "", draw: null, truth: null,
    columns: [...columns, ...prepared.own.columns.slice(columns.length)].slice(0, d),
    units: [...units, ...new Array(d).fill("")].slice(0, d),
  };
  if (own.counts && (own.counts.length !== data.n || !own.counts.every((/** @type {number} */ count) => count > 0))) throw new LeftToPython("value");
  if (differentValues(data) < 2) throw new LeftToPython("value");
  return data;
}

/** @param {import("./drawn.js").Draw} draw @param {boolean} alone whether the link names no other data @param {Prepared} prepared @returns {Data} */
function drawnData(draw, alone, prepared) {
  if (!alone || (draw.separation > 0 && draw.separation < PLAINLY_WRITTEN)) throw new LeftToPython("value");
  const { title, d, n, values, labels } = drawn(draw, prepared.normals);
  const { x_column, y_column } = prepared.own;
  const groups = groupsOf(values, d, labels);
  const { K, w, m, c } = groups;
  const truth = isSound(groups) ? { K, d, w: Array.from(w), m: Array.from(m), c: Array.from(c) } : null;
  return { n, d, values, counts: null, title, columns: [x_column, y_column].slice(0, d), units: new Array(d).fill(""), source: "", draw, truth };
}

/** @param {Pick<Data, "values" | "d" | "n">} data */
const differentValues = ({ values, d, n }) => new Set(Array.from({ length: n }, (_, i) => values.slice(i * d, (i + 1) * d).join())).size;

/** @param {Record<string, any>} given @param {number | undefined} wanted @param {Data} data @param {Options["covarianceType"]} type @param {Prepared} prepared @returns {Mixture} */
function startOf({ method = "manual", weights, means, variances, covariances }, wanted, data, type, prepared) {
  const { d } = data;
  const spreads = (d === 1 ? variances : covariances)?.flat(2);
  const centres = means?.flat();
  const count = weights?.length ?? (centres && centres.length / d) ?? (spreads && spreads.length / d ** 2) ?? wanted;
  if (count > prepared.fields.k.kind.high) throw new LeftToPython("value");
  const byMethod = method !== "manual" && !weights && !centres && !spreads;
  if (byMethod && method !== "quantiles") throw new LeftToPython("drawn");
  const complete = weights && centres && spreads;
  const suggested = complete ? null : suggestedStart(data, count, byMethod ? type : null, prepared);
  const packed = spreads && Array.from({ length: spreads.length / d ** 2 }, (_, k) => upperTriangle(d).map(([i, j]) => spreads[k * d ** 2 + i * d + j])).flat();
  return sound({
    d,
    K: count ?? suggested?.K ?? 0,
    w: Float64Array.from(weights ?? suggested?.w ?? []),
    m: Float64Array.from(centres ?? suggested?.m ?? []),
    c: Float64Array.from(packed ?? suggested?.c ?? []),
  }, data.draw ? undefined : wanted);
}

/** Where EM starts if nobody says otherwise, with so many components. @param {Data} data @param {number | undefined} count @param {Options["covarianceType"] | null} type where the start is to be at quantiles @param {Prepared} prepared */
function suggestedStart(data, count, type, prepared) {
  const known = prepared.sets[data.source];
  const K = count ?? known?.usual ?? (data.draw ?? prepared.draw).n_components;
  if (known && !type) return known.starts[K - 1];
  const found = atQuantiles(data, K, type ?? "full");
  if (!found) throw new LeftToPython("value");
  return found;
}

/** The mixture with weights that sum to 1, where it is one. @param {Mixture} mixture @param {number} [wanted] */
function sound(mixture, wanted) {
  const { K, w } = mixture;
  if (K !== (wanted ?? K) || !isSound(mixture)) throw new LeftToPython("value");
  const total = w.reduce((a, b) => a + b, 0);
  return Math.abs(total - 1) <= 4 * K * Number.EPSILON ? mixture : { ...mixture, w: w.map((weight) => weight / total) };
}

/** @param {Mixture} mixture */
function isSound({ K, d, w, m, c }) {
  const sizes = w.length === K && m.length === K * d && c.length === (K * d * (d + 1)) / 2;
  const definite = w.every((_, k) => smallestEigenvalue({ d, c }, k) > 0);
  return sizes && definite && w.every((weight) => weight > 0) && Math.abs(w.reduce((a, b) => a + b, 0) - 1) <= 1e-3;
}

/** The two columns that are drawn of more, and what is seen of a mixture along them; of fewer, all. @param {Problem} problem */
export function seenOf({ data, display: { pair } }) {
  if (data.d <= 2) return { data, along: (/** @type {Mixture} */ mixture) => mixture };
  const both = (/** @type {string[]} */ each) => pair.map((j) => each[j]);
  const values = Array.from({ length: 2 * data.n }, (_, at) => data.values[(at >> 1) * data.d + pair[at % 2]]);
  return {
    data: { ...data, d: 2, values, columns: both(data.columns), units: both(data.units) },
    along: (/** @type {Mixture} */ mixture) => marginal(mixture, pair),
  };
}

/** What the edit makes of the problem; null where it cannot be. @param {Problem} problem @param {Edit} edit @param {Prepared} prepared @returns {Problem | null} */
export function edited(problem, edit, prepared) {
  const { data, start } = problem;
  if (edit.kind === "select_point") return { ...problem, point: edit.index };
  if (edit.kind === "select_component") return { ...problem, component: edit.index };
  if (edit.kind === "move_start") {
    const c = edit.covariances.flatMap((rows) => (data.d === 1 ? rows[0] : [rows[0][0], rows[0][1], rows[1][1]]));
    const [w, m] = [Float64Array.from(edit.weights ?? start.w), Float64Array.from(edit.means.flat())];
    const moved = { ...start, w, m, c: Float64Array.from(c) };
    return isSound(moved) ? { ...problem, start: moved, h: 0 } : null;
  }
  const [index, taken] = edit.kind === "remove_point" ? [edit.index, 1] : [data.n, 0];
  const values = data.values.toSpliced(index * data.d, taken * data.d, ...(edit.kind === "add_point" ? edit.value : []));
  const counts = data.counts && data.counts.toSpliced(index, taken, ...(taken ? [] : [1]));
  const title = data.title.endsWith(prepared.edited) ? data.title : data.title + prepared.edited;
  const changed = { ...data, n: values.length / data.d, values, counts, title, source: "", draw: null, truth: null };
  if (differentValues(changed) < Math.max(2, start.K)) return null;
  const point = taken ? null : problem.point;
  return { ...problem, data: changed, point, h: 0, display: { ...problem.display, query_at: null } };
}

/**
 * What the address says once the problem was changed by hand: its start and, where they are own ones now,
 * its points are written out.
 * @param {Said} said @param {Problem} problem @param {Prepared} prepared @returns {Said}
 */
export function saidOf({ values, others }, { data, start, h, point, component, display }, prepared, { moved = false, own = false } = {}) {
  const next = { ...values };
  /** @param {string} part @param {Record<string, any>} given by attribute, undefined for what is not said */
  const say = (part, given) => {
    for (const [name, field] of Object.entries(prepared.fields)) {
      if (field.part !== part || !(field.name in given)) continue;
      if (given[field.name] === undefined) delete next[name];
      else next[name] = given[field.name];
    }
  };
  const rows = (/** @type {number[]} */ flat, /** @type {number} */ width) =>
    Array.from({ length: flat.length / width }, (_, i) => flat.slice(i * width, (i + 1) * width));
  say("cursor", h ? { iteration: (h + 1) >> 1, phase: h % 2 ? "E" : "M" } : { iteration: undefined, phase: undefined });
  say("view", { point: point === null ? undefined : point + 1, component: component ? component + 1 : undefined });
  say("display", { query_at: display.query_at ?? undefined });
  if (moved || own) {
    const { d } = data;
    const [m, c] = [Array.from(start.m), Array.from(start.c)];
    const pairs = upperTriangle(d);
    const full = rows(c, pairs.length).map((upper) => {
      const matrix = new Array(d * d);
      pairs.forEach(([i, j], entry) => (matrix[i * d + j] = matrix[j * d + i] = upper[entry]));
      return matrix;
    });
    const spreads = d === 1 ? { variances: c, covariances: undefined } : { covariances: full, variances: undefined };
    say("start", { weights: Array.from(start.w), means: d === 1 ? m : rows(m, d), ...spreads });
    if (moved) say("start", { method: undefined, seed: undefined });
    if (!data.draw) say("drawn", Object.fromEntries(Object.keys(prepared.draw).map((name) => [name, undefined])));
  }
  if (own) {
    const { d, columns, units } = data;
    const words = d > 2 ? { columns, units } : { x_column: columns[0], y_column: columns[1], x_unit: units[0], y_unit: units[1] };
    say("named", { name: undefined });
    say("own", {
      points: d === 1 ? data.values : rows(data.values, d), counts: data.counts ?? undefined, title: data.title, ...words,
    });
  }
  return { values: next, others };
}
