// @ts-check
// A picture over two parameters, made by Python as SVG. What belongs to the cell under the pointer,
// or the one that the arrow keys have gone to, is shown at once; a click or Enter chooses the cell. A
// finger covers several cells: its first tap looks, a second one there chooses.
// A dot on the run's road follows the stage's cursor.

import { follow } from "./cursor.js";
import { part } from "./elements.js";
import { logLikelihood } from "./numbers.js";

/**
 * The plane in the picture's pixels; cells: for each, row by row from below, what it shows; road:
 * where the run is after each iteration; values: a log-likelihood for each cell, written above it.
 * @typedef {{left: number, right: number, top: number, bottom: number, columns: number, rows: number,
 *   road: number[][], cells?: number[], values?: (number | null)[], run: string, html: string}} Told
 */

const STEPS = /** @type {Record<string, number[]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] });
const TAP_AGAIN = "Tap again to begin here";
/** Cells that a second tap may be off the first by. */
const FINGER = 2;
const SVG = "http://www.w3.org/2000/svg";

/** @type {WeakMap<Element, Plane>} */
const planes = new WeakMap();

/** @param {{data: Uint8Array | Told, parentElement: HTMLElement, setTriggerValue: (name: string, value: unknown) => void}} component */
export default function plane({ data, parentElement, setTriggerValue }) {
  const root = part(parentElement, ".ex-plane");
  let shown = planes.get(root);
  if (!shown) planes.set(root, (shown = new Plane(root)));
  /** @type {Told} */
  const told = data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data;
  shown.choose = (cell) => setTriggerValue("pick", { run: told.run, cell });
  shown.take(told);
  const known = shown;
  return () => setTimeout(() => root.isConnected || known.close());
}

class Plane {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {(cell: number[]) => void} */
    this.choose = () => {};
    /** @type {number[] | null} */
    this.cell = null;
    /** @type {number[] | null} the cell that was looked at before this press */
    this.looked = null;
    root.onpointermove = (event) => this.point(this.under(event));
    root.onpointerleave = (event) => event.pointerType === "touch" || this.point(null);
    root.onpointerdown = () => (this.looked = this.cell);
    root.onclick = (event) => this.clicked(/** @type {PointerEvent} */ (event));
    root.onkeydown = (event) => this.pressed(event);
    this.leave = follow((where) => {
      this.where = where;
      this.stand();
    });
  }

  /** @param {Told} told */
  take(told) {
    if (this.told?.html !== told.html) {
      this.root.innerHTML = told.html;
      const picture = part(this.root, "svg");
      this.mark = picture.appendChild(document.createElementNS(SVG, "rect"));
      this.mark.setAttribute("class", "ex-cell");
      this.now = picture.appendChild(document.createElementNS(SVG, "circle"));
      this.now.setAttribute("class", "ex-here");
      this.now.setAttribute("r", "6");
      const height = picture.appendChild(document.createElementNS(SVG, "text"));
      for (const [name, set] of Object.entries({ class: "ex-height", x: "468", y: "15", "text-anchor": "end" })) height.setAttribute(name, set);
    }
    this.told = told;
    this.root.tabIndex = this.choosing ? 0 : -1;
    this.point(this.cell);
    this.stand();
  }

  /** Whether its cells can be looked at and chosen. */
  get choosing() {
    return Boolean(this.told?.columns);
  }

  close() {
    this.leave();
    planes.delete(this.root);
  }

  /** The cell under the pointer, as column and row. @param {PointerEvent | MouseEvent} event */
  under(event) {
    const picture = part(this.root, "svg");
    const matrix = picture?.getScreenCTM();
    if (!matrix || !this.choosing) return null;
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return this.at(x, y);
  }

  /** The place among the cells of where the run starts: what is shown unless another is looked at. */
  own() {
    const { road } = /** @type {Told} */ (this.told);
    const cell = road.length ? this.at(road[0][0], road[0][1]) : null;
    return cell ? cell[1] * /** @type {Told} */ (this.told).columns + cell[0] : -1;
  }

  /** The cell at a pixel of the picture, as column and row. @param {number} x @param {number} y */
  at(x, y) {
    const { left, right, top, bottom, columns, rows } = /** @type {Told} */ (this.told);
    const cell = [Math.floor(((x - left) / (right - left)) * columns), Math.floor(((bottom - y) / (bottom - top)) * rows)];
    return this.inside(cell) ? cell : null;
  }

  /** @param {number[]} cell */
  inside([column, row]) {
    const { columns, rows } = /** @type {Told} */ (this.told);
    return column >= 0 && row >= 0 && column < columns && row < rows;
  }

  /** Look at a cell. @param {number[] | null} cell */
  point(cell) {
    this.cell = cell;
    const { told, mark } = this;
    if (!told || !mark) return;
    const place = cell && this.inside(cell) ? cell[1] * told.columns + cell[0] : -1;
    const shown = place >= 0 ? place : this.own();
    const seen = told.cells && shown >= 0 ? String(told.cells[shown]) : "";
    const value = place >= 0 && told.values ? told.values[place] : null;
    for (const ghost of /** @type {NodeListOf<HTMLElement>} */ (this.root.querySelectorAll("[data-ghost]"))) {
      ghost.classList.toggle("ex-seen", ghost.dataset.ghost === seen);
    }
    mark.setAttribute("visibility", cell ? "visible" : "hidden");
    part(this.root, ".ex-height").textContent = value === null ? "" : logLikelihood(value, 6);
    if (!cell) return;
    const [wide, high] = [(told.right - told.left) / told.columns, (told.bottom - told.top) / told.rows];
    const box = { x: told.left + cell[0] * wide, y: told.bottom - (cell[1] + 1) * high, width: wide, height: high };
    for (const [name, value] of Object.entries(box)) mark.setAttribute(name, String(value));
  }

  /** @param {PointerEvent} event */
  clicked(event) {
    const { looked } = this;
    const cell = this.under(event);
    if (event.pointerType !== "touch") return this.chosen(cell);
    const again = cell && looked && Math.max(...cell.map((place, i) => Math.abs(place - looked[i]))) <= FINGER;
    if (again) return this.chosen(looked);
    this.point(cell);
    if (cell) part(this.root, ".ex-height").textContent += ` ${TAP_AGAIN}`;
  }

  /** @param {number[] | null} cell */
  chosen(cell) {
    if (cell) this.choose(cell);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { told } = this;
    if (!told || !this.choosing) return;
    if (event.key === "Enter" && this.cell) this.chosen(this.cell);
    else if (event.key in STEPS) {
      const [across, up] = STEPS[event.key];
      const [column, row] = this.cell || [told.columns >> 1, told.rows >> 1];
      const next = [column + across, row + up];
      if (this.inside(next)) this.point(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The dot stands where the run does. */
  stand() {
    const { told, now, where } = this;
    if (!told || !now || !told.road.length) return;
    const known = !where || where.run === told.run;
    const [x, y] = told.road[Math.min((where?.h ?? 0) >> 1, told.road.length - 1)];
    now.setAttribute("visibility", known ? "visible" : "hidden");
    now.setAttribute("cx", String(x));
    now.setAttribute("cy", String(y));
  }
}
