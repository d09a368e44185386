// @ts-check
// What lies over the charts and can be taken hold of or read: number badges, handles, the query
// line and its card, tips. Each is an element of its own, reachable by keyboard. What hands do with
// them is for gestures.js: an element with a `grip` can be held.

import { even } from "./curves.js";
import { apart } from "./sheet.js";
import { badgeDot, make, moveTo } from "./elements.js";
import { densityAt, logWeightedDensity, posterior } from "./formulas.js";
import { dataValue, number } from "./numbers.js";

/** @typedef {import("./formulas.js").Mixture} Mixture */
/** @typedef {import("./paper.js").Axes} Axes */
/** @typedef {{mean: [number, number], spreads: [number, number][]}} Place */

/**
 * What a hand may do with an element. moved: to a place of the canvas; nudged: by so many steps,
 * false where it cannot be; released: the hand lets go or the keys rest; tapped: no move at all.
 * @typedef {{moved: (px: number, py: number) => void, nudged: (dx: number, dy: number) => boolean,
 *   released: () => void, tapped?: () => void}} Grip
 */

/** @param {HTMLElement} element @param {Grip} grip @returns {HTMLElement} */
function held(element, grip) {
  /** @type {any} */ (element).grip = grip;
  element.dataset.grip = "";
  return element;
}

/** @param {Element} element @returns {{element: HTMLElement, grip: Grip} | null} */
export function gripOf(element) {
  const found = /** @type {any} */ (element.closest("[data-grip]"));
  return found && { element: found, grip: found.grip };
}

/** weight × density = product → posterior at one place, a row for each component. @param {Mixture} mixture @param {number} x @param {number} y */
function cardTable(mixture, x, y) {
  const shares = new Float64Array(mixture.K);
  posterior(mixture, x, y, shares);
  const table = /** @type {HTMLTableElement} */ (make("table", ""));
  const head = table.createTHead().insertRow();
  for (const word of ["", "weight", "× density", "= product", "posterior"]) {
    const cell = make("th", "");
    cell.textContent = word;
    head.append(cell);
  }
  const body = table.createTBody();
  for (let k = 0; k < mixture.K; k++) {
    const product = Math.exp(logWeightedDensity(mixture, k, x, y));
    const row = body.insertRow();
    row.insertCell().append(badgeDot(k));
    for (const value of [mixture.w[k], product / mixture.w[k], product, shares[k]]) {
      row.insertCell().textContent = number(value);
    }
  }
  const foot = table.createTFoot().insertRow();
  const word = foot.insertCell();
  word.colSpan = 3;
  word.textContent = "sum: evidence";
  foot.insertCell().textContent = number(densityAt(mixture, x, y));
  foot.insertCell();
  return table;
}

/** A few words beside the pointer; components' numbers follow their badges. */
export class Tip {
  /** @param {HTMLElement} layer */
  constructor(layer) {
    this.layer = layer;
    this.box = make("div", "em-tip");
    this.box.hidden = true;
    layer.append(this.box);
  }

  /** @param {number} px @param {number} py @param {string} title @param {number[]} values */
  show(px, py, title, values) {
    const row = make("div", "");
    values.forEach((value, k) => {
      const entry = make("span", "");
      entry.append(badgeDot(k), number(value));
      row.append(entry);
    });
    this.box.replaceChildren(title, row);
    this.box.hidden = false;
    const { clientWidth, clientHeight } = this.layer;
    const left = Math.max(0, Math.min(px + 14, clientWidth - this.box.offsetWidth));
    const above = py - this.box.offsetHeight - 12;
    moveTo(this.box, left, above > 0 ? above : Math.min(py + 16, clientHeight - this.box.offsetHeight));
  }

  hide() {
    this.box.hidden = true;
  }
}

/** The badges and, while the start may be changed, the handles of all components. */
export class Handles {
  /**
   * @param {HTMLElement} layer
   * @param {{mean: (k: number) => Grip, spread: (k: number, j: number) => Grip}} grips
   */
  constructor(layer, grips) {
    this.layer = layer;
    this.grips = grips;
    /** @type {HTMLElement[]} */
    this.badges = [];
    /** @type {HTMLElement[][]} for each component, one on each axis of its ellipse */
    this.spreads = [];
  }

  /** @param {number} K @param {number} d */
  build(K, d) {
    if (this.badges.length === K && this.d === d) return;
    this.d = d;
    for (const element of [...this.badges, ...this.spreads.flat()]) element.remove();
    this.badges = Array.from({ length: K }, (_, k) => this.badge(k));
    this.spreads = this.badges.map((_, k) => Array.from({ length: d }, (__, j) => this.spread(k, j, d)));
    this.layer.append(...this.badges, ...this.spreads.flat());
  }

  /** @param {number} k */
  badge(k) {
    const badge = make("button", "em-badge", { type: "button" });
    badge.style.color = `var(--em-on-c${k + 1})`;
    badge.style.background = `var(--em-c${k + 1})`;
    badge.textContent = String(k + 1);
    return held(badge, this.grips.mean(k));
  }

  /** @param {number} k @param {number} j @param {number} d */
  spread(k, j, d) {
    const what = d === 1 ? "standard deviation" : `${j ? "second" : "first"} axis of the ellipse`;
    const handle = make("button", "em-handle", { type: "button", title: `Drag: ${what} of component ${k + 1}` });
    handle.setAttribute("aria-label", `${what} of component ${k + 1}: arrow keys or drag`);
    handle.style.setProperty("--em-own", `var(--em-c${k + 1})`);
    return held(handle, this.grips.spread(k, j));
  }

  /**
   * Those at one place stand side by side. free: means may be dragged; open: spreads, too.
   * @param {Place[]} places @param {{free: boolean, open: boolean}} may @param {number} chosen @param {(k: number) => string} describe
   */
  place(places, { free, open }, chosen, describe) {
    const means = apart(places.map(({ mean }) => mean), BADGE);
    const ends = apart(places.flatMap(({ spreads }) => spreads), HANDLE);
    places.forEach(({ spreads }, k) => {
      const badge = this.badges[k];
      moveTo(badge, ...means[k]);
      badge.classList.toggle("em-mean", open);
      badge.classList.toggle("em-free", free);
      badge.classList.toggle("em-chosen", k === chosen);
      badge.setAttribute("aria-pressed", String(k === chosen));
      badge.setAttribute("aria-label", describe(k));
      badge.title = free ? `Drag: mean of component ${k + 1}` : `Component ${k + 1}`;
      this.spreads[k].forEach((handle, j) => {
        handle.hidden = !open;
        moveTo(handle, ...ends[k * spreads.length + j]);
      });
    });
  }
}

const CARD_WIDTH = 300;
/** How far apart the middles of badges and of handles are, in pixels. */
const BADGE = 28;
const HANDLE = 18;

/** While points are shared out one by one: how the one whose turn it is comes by its shares. */
export class Turn {
  /** @param {HTMLElement} layer */
  constructor(layer) {
    this.card = make("div", "em-card em-turn");
    this.hide();
    layer.append(this.card);
  }

  /** @param {Mixture} mixture @param {number[]} value @param {string} name @param {boolean} onLeft */
  show(mixture, value, name, onLeft) {
    const title = make("p", "");
    title.textContent = name;
    this.card.replaceChildren(title, cardTable(mixture, value[0], value[value.length - 1]));
    this.card.style.left = onLeft ? "4.2rem" : "auto";
    this.card.style.right = onLeft ? "auto" : "1.2rem";
    this.card.hidden = false;
  }

  hide() {
    this.card.hidden = true;
  }
}

/** The vertical line that asks: what would a point here belong to? */
export class QueryLine {
  /** @param {HTMLElement} layer @param {Grip} grip */
  constructor(layer, grip) {
    this.card = make("div", "em-card");
    this.line = make("div", "em-query", { role: "slider", tabindex: "0", "aria-label": "Query line" });
    this.label = make("span", "");
    this.line.append(this.label);
    layer.append(held(this.line, grip));
  }

  /** @param {Mixture} mixture @param {number | null} x @param {Axes} axes @param {number | null} spread the data's range */
  place(mixture, x, axes, spread) {
    const inside = x !== null && axes.x.covers(axes.x.pixel(x));
    this.line.hidden = this.card.hidden = !inside;
    if (!inside) return;
    const px = axes.x.pixel(x);
    this.line.style.left = `${px}px`;
    this.line.style.height = `${axes.y.end}px`;
    this.label.textContent = dataValue(x, spread);
    this.line.setAttribute("aria-valuenow", String(x));
    this.line.setAttribute("aria-valuemin", String(axes.x.range[0]));
    this.line.setAttribute("aria-valuemax", String(axes.x.range[1]));
    this.card.replaceChildren(cardTable(mixture, x, x));
    const onLeft = this.roomierOnTheLeft(mixture, px, axes);
    this.card.style.left = onLeft ? `${axes.x.start + 6}px` : "auto";
    this.card.style.right = onLeft ? "auto" : `calc(100% - ${axes.x.end - 6}px)`;
  }

  /** The card goes where the mixture is lower, but never over the line itself. @param {Mixture} mixture @param {number} px @param {Axes} axes */
  roomierOnTheLeft(mixture, px, { x }) {
    if (px < x.start + CARD_WIDTH) return false;
    if (px > x.end - CARD_WIDTH) return true;
    /** @param {number} from */
    const highest = (from) => Math.max(...even(from, from + CARD_WIDTH, 15).map((at) => densityAt(mixture, x.value(at))));
    return highest(x.start) <= highest(x.end - CARD_WIDTH);
  }
}
