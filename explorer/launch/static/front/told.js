// @ts-check
// A problem as the stage is told of it, run by the browser's own EM: explorer/stage/payload.py without Python.

import { runFrom } from "../../../stage/js/em.js";
import { logJointOf, marginal } from "../../../stage/js/formulas.js";
import { sharesOf } from "../../../stage/js/run.js";
import { base64, chartsOf } from "./charts.js";
import { seenOf } from "./problem.js";

/** @typedef {import("../../../stage/js/formulas.js").Mixture} Mixture */
/** @typedef {import("../../../stage/js/payload.js").Payload} Payload */
/** @typedef {import("./problem.js").Problem} Problem */
/** @typedef {import("./prepared.js").Prepared} Prepared */

/** In log densities of a point in two dimensions, half a second of them: what of a run takes more comes with Python. */
const MOST_WORK = 5e6;

let named = 0;

/** @param {Problem} problem @param {Prepared} prepared @param {Payload | null} before of the same data, if any was @returns {Promise<Payload>} */
export async function payloadOf(problem, prepared, before = null) {
  const { data, start, options, display } = problem;
  const work = data.n * start.K * Math.max(1, data.d / 2);
  const run = runFrom(data.values, start, options, data.counts, Math.max(1, Math.floor(MOST_WORK / work)));
  const dataId = before ? before.run.dataId : `data-${(named += 1)}`;
  const rows = run.mixtures.map(({ w, m, c }) => [...w, ...m, ...c]);
  const { charts, points } = chartsOf(problem, run, prepared);
  return {
    library: "page",
    palette: prepared.palette,
    run: {
      id: `run-${(named += 1)}`, dataId, K: start.K, d: data.d, options, outcome: run.outcome, endings: prepared.endings,
      parameters: await deflated(base64(Float64Array.from(rows.flat()))),
      logLikelihoods: base64(run.logLikelihoods),
      lowerBounds: base64(lowerBoundsOf(problem, run.mixtures)),
    },
    points,
    charts,
    truth: display.truth ? truthOf(problem) : null,
    pinned: null,
    seen: data.d > 2 ? display.pair : null,
    ...placed(problem, prepared),
  };
}

/** The true groups as they are drawn. @param {Problem} problem */
function truthOf({ data: { d, truth }, display: { pair } }) {
  if (!truth || d <= 2) return truth;
  const { K, w, m, c } = marginal({ ...truth, w: Float64Array.from(truth.w), m: Float64Array.from(truth.m), c: Float64Array.from(truth.c) }, pair);
  return { K, d: 2, w: Array.from(w), m: Array.from(m), c: Array.from(c) };
}

/** What of the payload does not depend on the run. @param {Problem} problem @param {Prepared} prepared @returns {Pick<Payload, "place" | "view">} */
export function placed(problem, prepared) {
  const { data, display, h, point, component } = problem;
  const { n, d, values } = data;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted[(n - 1) >> 1] + sorted[n >> 1]) / 2;
  const query = display.query && d === 1 ? (display.query_at ?? middle) : null;
  return {
    place: { halfStep: h, nonce: 0 },
    view: {
      point: point === null ? null : { index: point, value: values.slice(point * d, (point + 1) * d) },
      component, query, posterior: display.posterior, editable: d <= 2, plays: false, labels: seenOf(problem).data.columns,
      form: formOf(problem, prepared),
    },
  };
}

/** As explorer/app/forms.py has it: only Explore has another form than the whole. @param {Problem} problem @param {Prepared} prepared */
export function formOf({ page, display }, { pages, embedded }) {
  if (page !== pages[0]) return "page";
  return display.present ? "presented" : embedded ? "embedded" : "page";
}

/** The bound that each M-step raised: of the new parameters, for the shares they were made from. @param {Problem} problem @param {Mixture[]} mixtures */
function lowerBoundsOf({ data, options }, mixtures) {
  const { temperature } = options.rules;
  const points = Float64Array.from(data.values);
  return Float64Array.from(mixtures.slice(1), (made, t) => {
    const shares = /** @type {Float64Array} */ (sharesOf(/** @type {any} */ ({ options }), mixtures[t], points));
    const logJoint = logJointOf(made);
    return shares.reduce((sum, share, at) => {
      if (share === 0) return sum;
      const [i, k] = [Math.floor(at / made.K), at % made.K];
      return sum + (data.counts ? data.counts[i] : 1) * share * (logJoint(points, i * data.d, k) - temperature * Math.log(share));
    }, 0);
  });
}

/** @param {string} text base64 of bytes @returns {Promise<string>} the same, deflated */
async function deflated(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(Array.from(packed, (byte) => String.fromCharCode(byte)).join(""));
}
