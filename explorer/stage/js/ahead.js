// @ts-check
// Where EM would lead from a start that is in the hand: worked out here, a little in every frame.

import { rounds } from "./em.js";

/** @typedef {import("./em.js").Cloud} Cloud */
/** @typedef {import("./em.js").Options} Options */
/** @typedef {import("./formulas.js").Mixture} Mixture */
/** @typedef {import("./run.js").Run} Run */

export class Ahead {
  /** @param {Cloud} cloud @param {Mixture} start @param {Options} options */
  constructor(cloud, start, options) {
    this.rounds = rounds(cloud, start, options);
    /** @type {Mixture[]} */
    this.mixtures = [];
    /** @type {number[]} */
    this.logLikelihoods = [];
    /** @type {import("./em.js").Outcome} */
    this.outcome = "running";
    this.advance(0);
  }

  /** Go on until the end, or for so long. @param {number} milliseconds */
  advance(milliseconds) {
    const until = performance.now() + milliseconds;
    while (!this.done) {
      const { mixture, logLikelihood, outcome } = this.rounds.next().value;
      this.outcome = outcome;
      if (mixture) {
        this.mixtures.push(mixture);
        this.logLikelihoods.push(logLikelihood);
      }
      if (performance.now() > until) return;
    }
  }

  get done() {
    return this.outcome !== "running";
  }

  /** Where it ends; null as long as that is not known. @returns {Mixture | null} */
  get ending() {
    return this.done ? this.mixtures[this.mixtures.length - 1] : null;
  }

  /** The run as far as it is known, in the place of another. @param {Run} run @returns {Run} */
  inPlaceOf(run) {
    const { mixtures } = this;
    const logLikelihoods = Float64Array.from(this.logLikelihoods);
    return { ...run, mixtures, last: 2 * (mixtures.length - 1), logLikelihoods, lowerBounds: new Float64Array(0) };
  }
}
