// @ts-check
// What hands do on the main chart, as one state at a time:
//
//   idle ── down on a grip ──> pressed ── moved ──> dragging ── up ──> idle (released)
//    │                            └── up ──> idle (tapped)
//    ├── arrow key on a grip ──> nudging ── keys rest ──> idle (released)
//    └── down on the ground ──> touching ── up ──> waiting ── long enough ──> idle (a point is added)
//                                                     └── down and up again ──> idle (zoom is ended)

import { gripOf } from "./overlay.js";
import { isGround } from "./paper.js";

/** @typedef {import("./overlay.js").Grip} Grip */
/** @typedef {[number, number]} Pixel */

/**
 * @typedef {{name: "idle"}
 *   | {name: "pressed", grip: Grip, from: Pixel, offset: Pixel}
 *   | {name: "dragging", grip: Grip, offset: Pixel}
 *   | {name: "nudging", grip: Grip, timer: Timer}
 *   | {name: "touching", from: Pixel, again: boolean}
 *   | {name: "waiting", timer: Timer}} State
 * @typedef {ReturnType<typeof setTimeout>} Timer
 */

/**
 * What a touch of the ground leads to. touched: whether something was there to be selected.
 * @typedef {{touched: (place: Pixel) => boolean, addPoint: (place: Pixel) => void, unzoom: () => void}} Ground
 */

const DRAG_DISTANCE = 3;
const TOUCH_DISTANCE = 4;
const DOUBLE_CLICK = 280;
const KEYS_REST = 500;

/** @type {Record<string, Pixel>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Gestures {
  /** @param {HTMLElement} canvas @param {Ground} ground */
  constructor(canvas, ground) {
    this.canvas = canvas;
    this.ground = ground;
    /** @type {State} */
    this.state = { name: "idle" };
    canvas.addEventListener("pointerdown", (event) => this.down(event), true);
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("keydown", (event) => this.key(event));
    // Plotly puts a sheet over the page while it zooms: up is heard on the window.
    this.onUp = (/** @type {PointerEvent} */ event) => this.up(event);
    for (const name of ["pointerup", "pointercancel"]) window.addEventListener(name, /** @type {any} */ (this.onUp), true);
  }

  close() {
    this.to({ name: "idle" });
    for (const name of ["pointerup", "pointercancel"]) window.removeEventListener(name, /** @type {any} */ (this.onUp), true);
  }

  /** @param {State} state */
  to(state) {
    if ("timer" in this.state) clearTimeout(this.state.timer);
    this.state = state;
  }

  /** @param {MouseEvent} event @returns {Pixel} */
  place(event) {
    const frame = this.canvas.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0) return;
    const target = /** @type {Element} */ (event.target);
    const held = gripOf(target);
    const again = this.state.name === "waiting";
    if (this.state.name === "nudging") this.state.grip.released();
    this.to({ name: "idle" });
    const from = this.place(event);
    if (held) {
      event.preventDefault();
      held.element.focus({ preventScroll: true });
      held.element.setPointerCapture(event.pointerId);
      const box = held.element.getBoundingClientRect();
      const offset = /** @type {Pixel} */ ([event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2]);
      this.to({ name: "pressed", grip: held.grip, from, offset });
    } else if (isGround(target)) {
      this.to({ name: "touching", from, again });
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    const { state } = this;
    const [px, py] = this.place(event);
    if (state.name === "pressed" && distance(state.from, [px, py]) >= DRAG_DISTANCE) {
      this.to({ name: "dragging", grip: state.grip, offset: state.offset });
    }
    if (this.state.name === "dragging") {
      const { grip, offset } = this.state;
      grip.moved(px - offset[0], py - offset[1]);
    }
  }

  /** @param {PointerEvent} event */
  up(event) {
    const { state } = this;
    if (state.name === "pressed") {
      this.to({ name: "idle" });
      if (event.type === "pointerup") state.grip.tapped?.();
    } else if (state.name === "dragging") {
      this.to({ name: "idle" });
      state.grip.released();
    } else if (state.name === "touching") {
      this.to({ name: "idle" });
      const place = this.place(event);
      if (event.type === "pointerup" && distance(state.from, place) <= TOUCH_DISTANCE) this.touch(place, state.again);
    }
  }

  /** @param {Pixel} place @param {boolean} again */
  touch(place, again) {
    if (again) return this.ground.unzoom();
    if (this.ground.touched(place)) return;
    const add = () => {
      this.to({ name: "idle" });
      this.ground.addPoint(place);
    };
    this.to({ name: "waiting", timer: setTimeout(add, DOUBLE_CLICK) });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const held = gripOf(/** @type {Element} */ (event.target));
    if (!held || event.ctrlKey || event.metaKey || event.altKey) return;
    const { grip } = held;
    if (["Enter", " "].includes(event.key)) {
      if (!grip.tapped) return;
      event.preventDefault();
      grip.tapped();
      return;
    }
    const step = ARROWS[event.key];
    const size = event.shiftKey ? 0.1 : 1;
    if (!step || !grip.nudged(step[0] * size, step[1] * size)) return;
    event.preventDefault();
    event.stopPropagation();
    const rest = () => {
      this.to({ name: "idle" });
      grip.released();
    };
    if (this.state.name === "nudging" && this.state.grip !== grip) this.state.grip.released();
    this.to({ name: "nudging", grip, timer: setTimeout(rest, KEYS_REST) });
  }
}

/** @param {Pixel} one @param {Pixel} other */
const distance = (one, other) => Math.hypot(one[0] - other[0], one[1] - other[1]);
