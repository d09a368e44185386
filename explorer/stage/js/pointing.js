// @ts-check
// Pointing at what is drawn: tips under the pointer, selection by click and by key.

import { part } from "./elements.js";
import { pointText } from "./drawing.js";
import { panelAxes } from "./marks.js";
import { logLikelihood, number } from "./numbers.js";
import { Tip } from "./overlay.js";
import { logLikelihoodAt, lowerBoundAt, parameterAt, placeOf, rowOf, sharesOf, valueOf } from "./run.js";
import { TYPING } from "./transport.js";
import { placeText } from "./words.js";

/** @typedef {import("./drawing.js").Chart} Chart */
/** @typedef {import("./drawing.js").Drawing} Drawing */
/** @typedef {import("./drawing.js").View} View */

/**
 * What is under the pointer: the words of its tip, and what a click on it means.
 * @typedef {{title: string, values: number[], click?: () => void}} Found
 */

/**
 * What pointing needs to know, and what it brings about.
 * @typedef {{view: () => View | null, panels: () => [import("./run.js").Quantity, number][],
 *   select: (index: number | null, value?: number[]) => void, remove: () => void, go: (h: number) => void, takeTurns: () => void}} Hooks
 */

const TAP_DISTANCE = 10;

export class Pointing {
  /** @param {HTMLElement} root @param {Drawing} drawing @param {Hooks} hooks */
  constructor(root, drawing, hooks) {
    this.root = root;
    this.drawing = drawing;
    this.hooks = hooks;
    this.over(drawing.main, ".em-main", (view, px, py) => this.dotWords(view, px, py));
    this.over(drawing.shares, ".em-shares", (view, px, py) => this.columnWords(view, px, py));
    this.over(drawing.trajectory, ".em-trajectory", (view, px, py) => this.momentWords(view, px, py));
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
  }

  close() {
    document.removeEventListener("keydown", this.onKey);
  }

  /** @param {Chart} chart @param {string} name @param {(view: View, px: number, py: number) => Found | null} at */
  over(chart, name, at) {
    const canvas = chart.node.parentElement;
    const tip = new Tip(part(this.root, `${name} .em-overlay`));
    /** @param {MouseEvent} event @returns {[number, number]} */
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    /** @param {MouseEvent} event */
    const found = (event) => {
      const view = this.hooks.view();
      return view && at(view, ...place(event));
    };
    canvas.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
      const words = event.buttons ? null : found(event);
      if (words) tip.show(...place(event), words.title, words.values);
      else tip.hide();
    });
    canvas.addEventListener("pointerleave", () => tip.hide());
    canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => found(event)?.click?.());
  }

  /** The dot at a pixel of the main chart, or −1. @param {View} view @param {number} px @param {number} py */
  dotAt({ points }, px, py) {
    let best = -1;
    let nearest = TAP_DISTANCE;
    points.dots.forEach((_, i) => {
      const [x, y] = this.drawing.dotPlace(points, i);
      const distance = Math.hypot(px - x, py - y);
      if (distance < nearest) [best, nearest] = [i, distance];
    });
    return best;
  }

  /** @param {View} view @param {number} place @returns {Found} */
  pointWords({ run, frame, points }, place) {
    const value = valueOf(points, place);
    const values = Array.from(sharesOf(run, frame.sharer, value) || []);
    const often = points.counts ? `, counted ${number(points.counts[place])} times` : "";
    return { title: `Point ${rowOf(points, place) + 1}: ${pointText(points, value)}${often}`, values };
  }

  /** @param {View} view @param {number} px @param {number} py */
  dotWords(view, px, py) {
    const dot = this.dotAt(view, px, py);
    return dot < 0 ? null : this.pointWords(view, view.points.dots[dot]);
  }

  /** @param {View} view @param {number} px @param {number} py @returns {Found | null} */
  columnWords(view, px, py) {
    const { x, y } = this.drawing.shares.paper.axes();
    const column = Math.round(x.value(px)) - 1;
    const { columns } = view.points;
    if (column < 0 || column >= columns.length || py > y.end + 20) return null;
    return { ...this.pointWords(view, columns[column]), click: () => this.selectPlace(view, columns[column]) };
  }

  /** The half-step of the trajectory at a pixel, and what its panel shows there. @param {View} view @param {number} px @param {number} py @returns {Found | null} */
  momentWords({ run, seen }, px, py) {
    const panels = this.hooks.panels();
    const panel = this.drawing.panelAt(px, py, panels.length);
    if (panel < 0) return null;
    const { x } = this.drawing.trajectory.paper.axes(panelAxes(panel));
    const h = Math.max(0, Math.min(run.last, Math.round(2 * x.value(px))));
    if (h > seen) return null;
    const click = () => this.hooks.go(h);
    if (panel < panels.length) {
      const values = Array.from({ length: run.K }, (_, k) => parameterAt(run, panels[panel], h >> 1, k));
      return { title: placeText(h), values, click };
    }
    const bound = lowerBoundAt(run, h);
    const more = bound === null ? "" : `, lower bound ${logLikelihood(bound)}`;
    return { title: `${placeText(h)}: log-likelihood ${logLikelihood(logLikelihoodAt(run, h))}${more}`, values: [], click };
  }

  /** @param {View} view @param {number} place */
  selectPlace({ points }, place) {
    this.hooks.select(rowOf(points, place), valueOf(points, place));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const view = this.hooks.view();
    const target = /** @type {Element} */ (event.target);
    if (!view || target.closest?.(TYPING) || event.ctrlKey || event.metaKey || !this.root.offsetParent) return;
    if (["Delete", "Backspace"].includes(event.key) && view.point) this.hooks.remove();
    else if (event.key === "s") this.hooks.takeTurns();
    else if (event.key === ",") this.selectNeighbour(view, -1);
    else if (event.key === ".") this.selectNeighbour(view, 1);
    else return;
    event.preventDefault();
  }

  /** Step through the points in the order of the bars. @param {View} view @param {1 | -1} step */
  selectNeighbour(view, step) {
    const { points, point } = view;
    const { columns } = points;
    const at = point ? columns.indexOf(placeOf(points, point.index)) : step > 0 ? -1 : columns.length;
    this.selectPlace(view, columns[Math.max(0, Math.min(columns.length - 1, at + step))]);
  }
}
