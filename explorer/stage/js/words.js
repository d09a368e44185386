// @ts-check
// Sentences of the stage.

import { logLikelihood, number, percent } from "./numbers.js";
import { endingOf, iterationOf, logLikelihoodAt } from "./run.js";

/** @typedef {import("./formulas.js").Mixture} Mixture */
/** @typedef {import("./run.js").Run} Run */

/** Two endings this near in log-likelihood per point are one. */
const SAME_ENDING = 1e-4;

/** @param {number} h */
export function placeText(h) {
  return h === 0 ? "Start" : `Iteration ${iterationOf(h)} · ${h % 2 ? "E-step" : "M-step"} done`;
}

/** @param {Mixture} mixture @param {number} k */
export const meanText = ({ m, d }, k) => Array.from(m.subarray(k * d, (k + 1) * d), (value) => number(value)).join(", ");

/** What is to be read out when the run comes to rest. @param {Run} run @param {number} h */
export function statusText(run, h) {
  const outcome = h >= run.last ? `, ${endingOf(run).words}` : "";
  return `${placeText(h)}${outcome}. Log-likelihood ${logLikelihood(logLikelihoodAt(run, h))}.`;
}

/**
 * Where what is in the hand would end, and, if that is elsewhere than the run ends, in which words.
 * @param {import("./ahead.js").Ahead} ahead @param {Run} run @param {number} n observations
 */
export function foretoldText(ahead, run, n) {
  if (!ahead.ending) return ["EM from here would end at …", "", ""];
  const [now, then] = [run.logLikelihoods, ahead.logLikelihoods].map((all) => all[all.length - 1]);
  const elsewhere = ahead.outcome !== run.outcome || Math.abs(then - now) > SAME_ENDING * n;
  const ending = `log-likelihood ${logLikelihood(then)} (${run.endings[ahead.outcome].words})`;
  if (!elsewhere) return ["EM from here would end as before, at ", "", `${ending}.`];
  return ["EM from here would end ", "elsewhere", `, at ${ending}, not at ${logLikelihood(now)}.`];
}

/** @param {Run} run @param {number} h @param {Mixture} mixture @param {string[]} labels */
export function mainDescription(run, h, mixture, labels) {
  const parts = Array.from({ length: run.K }, (_, k) => {
    const spread = run.d === 1 ? `, variance ${number(mixture.c[k])}` : "";
    return `component ${k + 1}: weight ${number(mixture.w[k])}, mean ${meanText(mixture, k)}${spread}`;
  });
  const what = run.d === 1 ? "Weighted densities over" : "The plane of";
  const points = h === 0 ? "The points are not shared out yet." : "Points are coloured by their responsibilities.";
  return `${what} ${labels.join(" and ")} at ${placeText(h)}. ${parts.join("; ")}. ${points}`;
}

/** @param {Run} run @param {Float64Array | null} shares @param {number} n */
export function sharesDescription(run, shares, n) {
  if (!shares) return "Responsibilities: none yet, the first step is an E-step.";
  const totals = new Array(run.K).fill(0);
  shares.forEach((value, i) => (totals[i % run.K] += value));
  const parts = totals.map((sum, k) => `component ${k + 1} ${percent((sum * run.K) / shares.length)}`);
  return `Responsibilities of ${n} points in order of value, one stacked bar each. In all: ${parts.join(", ")}.`;
}

/** @param {Run} run @param {number} h */
export function trajectoryDescription(run, h) {
  return (
    `Weights, means and spreads of ${run.K} components and the log-likelihood over ` +
    `${run.last / 2} iterations; the marker stands at ${placeText(h)}, ` +
    `log-likelihood ${logLikelihood(logLikelihoodAt(run, h))}.`
  );
}
