// @ts-check
// The conductor. Streamlit calls the default export at the mount and again, on the same node,
// whenever Python sends something new or the theme changes; one Stage a node does the rest.

import { moveStart, same, scaled, snapped, withMean } from "./draft.js";
import { Drawing } from "./drawing.js";
import { part } from "./elements.js";
import { Gestures } from "./gestures.js";
import { send } from "./messages.js";
import { RADIUS } from "./curves.js";
import { plotly } from "./paper.js";
import { readPayload } from "./payload.js";
import { Pointing } from "./pointing.js";
import { decodePoints, decodeRun, frameAt, mixtureBetween, sharesOf } from "./run.js";
import { Transport } from "./transport.js";
import { mainDescription, sharesDescription, statusText, trajectoryDescription } from "./words.js";

/** @typedef {import("./formulas.js").Mixture} Mixture */
/** @typedef {import("./marks.js").Follows} Follows */
/** @typedef {import("./marks.js").Scene} Scene */
/** @typedef {import("./messages.js").Edit} Edit */
/** @typedef {import("./messages.js").Streamlit} Streamlit */
/** @typedef {import("./overlay.js").Grip} Grip */
/** @typedef {import("./payload.js").Payload} Payload */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./run.js").Frame} Frame */
/** @typedef {import("./run.js").Points} Points */

const GLIDE = 300;
const REST = 200;

/** @type {WeakMap<Element, Stage>} */
const stages = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {{data: Uint8Array | Payload, parentElement: HTMLElement} & Streamlit} component */
export default function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = part(parentElement, ".em-stage");
  let stage = stages.get(root);
  if (!stage) stages.set(root, (stage = new Stage(root)));
  stage.streamlit = { setStateValue, setTriggerValue };
  const known = stage;
  const payload = readPayload(data);
  stage.newest = payload;
  Promise.all([known.run?.id === payload.run.id ? known.run : decodeRun(payload.run), plotly(payload.library)])
    .then(([run]) => known.newest === payload && known.take(payload, run))
    .catch((error) => known.fail(error));
  return () => setTimeout(() => root.isConnected || known.close());
}

class Stage {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** @type {Payload | null} */
    this.payload = null;
    /** @type {Payload | null} the last one that came, perhaps still waiting for its run */
    this.newest = null;
    /** @type {Streamlit | null} */
    this.streamlit = null;
    this.h = 0;
    /** @type {Mixture | null} the start, while it is being changed by hand */
    this.draft = null;
    /** @type {Frame | null} what is on the screen, perhaps between two half-steps */
    this.shown = null;
    /** @type {Scene["sharing"]} */
    this.sharing = null;
    /** @type {{index: number, value: number[]} | null} */
    this.point = null;
    this.component = 0;
    /** @type {number | null} */
    this.query = null;
    /** @type {number | null | undefined} */
    this.givenQuery = undefined;
    /** @type {number | null | undefined} */
    this.sentQuery = undefined;
    /** @type {string | null} */
    this.reported = null;
    this.transport = new Transport(root, (h, held) => this.go(h, held));
    this.drawing = new Drawing(root, {
      mean: (k) => this.meanGrip(k),
      spread: (k) => this.spreadGrip(k),
      query: this.queryGrip(),
      remove: () => this.removePoint(),
      deselect: () => this.selectPoint(null),
    });
    this.pointing = new Pointing(root, this.drawing, {
      view: () => (this.payload ? this.view() : null),
      panels: () => this.told.charts.trajectory.panels,
      select: (index, value) => this.selectPoint(index, value),
      remove: () => this.removePoint(),
      go: (h) => this.transport.go(h),
    });
    this.gestures = new Gestures(part(root, ".em-main .em-canvas"), {
      touched: (place) => this.touched(...place),
      addPoint: (place) => this.addPoint(...place),
      unzoom: () => this.drawing.main.paper.unzoom(),
    });
    part(root, ".em-unzoom").addEventListener("click", () => this.drawing.main.paper.unzoom());
    this.watch();
  }

  // --- what comes from Python ---------------------------------------------------------------

  /** @param {Payload} payload @param {Run} run */
  take(payload, run) {
    const before = this.payload;
    const newRun = !before || payload.run.id !== before.run.id;
    const forced = !before || payload.place.nonce !== before.place.nonce;
    this.payload = payload;
    if (newRun) {
      this.transport.pause();
      this.run = run;
    }
    if (!before || payload.run.dataId !== before.run.dataId) this.points = decodePoints(payload.points, run.d);
    if (newRun || forced) {
      const left = before ? null : this.left();
      this.h = Math.max(0, Math.min(run.last, left ?? payload.place.halfStep));
      this.reported = null;
    }
    this.point = payload.view.point;
    this.component = payload.view.component;
    const { query } = payload.view;
    if (query !== this.givenQuery && query !== this.sentQuery) this.query = this.sentQuery = query;
    this.givenQuery = query;
    const from = newRun && this.h === 0 && !this.draft ? this.shown : null;
    if (newRun) this.draft = null;
    if (newRun || forced || !this.drawing.fits(payload)) this.refresh();
    else this.drawing.placeOverlay(this.view());
    if (from?.mixture.K === run.K && from.mixture.d === run.d && !still.matches) this.glide(from);
    if (!before) this.drawing.main.paper.onZoom(() => this.zoomed());
    part(this.root, ".em-loading").hidden = true;
  }

  /** Where a stage that was here before left the cursor. @returns {number | null} */
  left() {
    const { emLeft } = /** @type {any} */ (window);
    return emLeft?.run === this.run?.id && emLeft?.nonce === this.told.place.nonce ? emLeft.h : null;
  }

  /** @returns {Payload} */
  get told() {
    return /** @type {Payload} */ (this.payload);
  }

  /** The whole scene anew, at the frame of the cursor. */
  refresh() {
    this.stop();
    this.drawing.dress(this.told, this.theRun, this.thePoints);
    this.shown = this.frame();
    this.sharing = null;
    this.drawing.paint(this.view());
    this.settle();
  }

  zoomed() {
    for (const { sheet } of this.drawing.charts) sheet.fit();
    this.draw();
  }

  /** @param {Error} error */
  fail(error) {
    const note = part(this.root, ".em-loading");
    note.hidden = false;
    note.setAttribute("role", "alert");
    note.textContent = error.message;
    console.error(error);
  }

  close() {
    this.stop();
    this.transport.close();
    this.gestures.close();
    this.pointing.close();
    this.resizes?.disconnect();
    this.drawing.close();
    stages.delete(this.root);
  }

  // --- where we are -------------------------------------------------------------------------

  /** @returns {Run} */
  get theRun() {
    return /** @type {Run} */ (this.run);
  }

  /** @returns {Points} */
  get thePoints() {
    return /** @type {Points} */ (this.points);
  }

  get free() {
    return this.h === 0 && this.told.view.editable;
  }

  /** @returns {Frame} */
  frame() {
    const frame = frameAt(this.theRun, this.h);
    return this.draft && this.h === 0 ? { ...frame, mixture: this.draft } : frame;
  }

  /** @returns {import("./drawing.js").View} */
  view() {
    return {
      run: this.theRun,
      points: this.thePoints,
      frame: this.shown || this.frame(),
      sharing: this.sharing,
      free: this.free,
      point: this.point,
      component: this.component,
      query: this.query,
    };
  }

  /** @param {Follows[]} [moved] */
  draw(moved) {
    this.drawing.draw(this.view(), moved);
  }

  /** A glide is let finish: the page's redrawing, which follows the news, would make it stutter. @param {number} h @param {boolean} held */
  go(h, held) {
    this.h = h;
    this.draft = null;
    this.transport.show(this.theRun, h);
    clearTimeout(this.resting);
    const from = this.shown;
    if (held || still.matches || !from) this.jump();
    else this.glide(from);
    this.resting = setTimeout(() => this.settle(), this.gliding ? GLIDE : REST);
  }

  jump() {
    this.stop();
    this.shown = this.frame();
    this.sharing = null;
    this.soon();
  }

  /** At most one painting a screen refresh, however fast the steps come. @param {Follows[]} [moved] */
  soon(moved) {
    this.painting ||= requestAnimationFrame(() => {
      this.painting = 0;
      this.draw(moved);
    });
  }

  stop() {
    cancelAnimationFrame(this.gliding || 0);
    cancelAnimationFrame(this.painting || 0);
    this.gliding = this.painting = 0;
  }

  /** @param {Frame} from */
  glide(from) {
    this.stop();
    const to = this.frame();
    const interrupted = from.sharer === to.sharer ? this.sharing : null;
    const curvesMove = from.mixture !== to.mixture || from.previous !== to.previous;
    const sharesMove = from.sharer !== to.sharer || interrupted !== null;
    const { from: owner, s: done } = interrupted || { from: from.sharer, s: 0 };
    const begun = performance.now();
    /** @param {number} now */
    const turn = (now) => {
      const passed = Math.min(1, Math.max(0, (now - begun) / GLIDE));
      const eased = passed < 0.5 ? 4 * passed ** 3 : 1 - (2 - 2 * passed) ** 3 / 2;
      this.shown = passed < 1 ? { ...to, mixture: mixtureBetween(from.mixture, to.mixture, eased) } : to;
      this.sharing = passed < 1 && sharesMove ? { from: owner, to: to.sharer, s: done + (1 - done) * eased } : null;
      /** @type {Follows[]} */
      const moved = ["place"];
      if (curvesMove) moved.push("curves");
      if (sharesMove) moved.push("shares");
      this.draw(moved);
      this.gliding = passed < 1 ? requestAnimationFrame(turn) : 0;
    };
    this.gliding = requestAnimationFrame(turn);
    this.drawing.draw({ ...this.view(), frame: { ...to, mixture: from.mixture } }, ["place"]);
    this.drawing.placeOverlay({ ...this.view(), frame: { ...to, mixture: from.mixture } });
  }

  /** Once the cursor has come to rest: words for those who do not see, and the news for Python. */
  settle() {
    const { h, told } = this;
    const run = this.theRun;
    const points = this.thePoints;
    const frame = this.frame();
    const shares = sharesOf(run, frame.sharer, points.columnValues);
    const { main, shares: bars, trajectory } = this.drawing;
    main.node.setAttribute("aria-label", mainDescription(run, h, frame.mixture, told.view.labels));
    bars.node.setAttribute("aria-label", sharesDescription(run, shares, points.n));
    trajectory.node.setAttribute("aria-label", trajectoryDescription(run, h));
    this.transport.show(run, h);
    if (this.draft) this.transport.doubt();
    part(this.root, ".em-hint").textContent = told.charts.main.hints[h ? "later" : "start"];
    this.transport.say(statusText(run, h));
    this.report();
  }

  /** Python's `place` is older than the cursor: a stage mounted anew goes on where the last one was. */
  report() {
    const run = this.theRun.id;
    /** @type {any} */ (window).emLeft = { run, nonce: this.told.place.nonce, h: this.h };
    /** @param {number} h @param {number | null} query @returns {import("./messages.js").Cursor} */
    const cursor = (h, query) => ({ kind: "cursor", run, half_step: h, query });
    const text = JSON.stringify(cursor(this.h, this.query));
    const known = this.reported ?? JSON.stringify(cursor(this.told.place.halfStep, this.sentQuery ?? null));
    this.reported = text;
    if (text === known) return;
    this.sentQuery = this.query;
    send(this.messenger, cursor(this.h, this.query));
  }

  /** @returns {Streamlit} */
  get messenger() {
    return /** @type {Streamlit} */ (this.streamlit);
  }

  /** @param {Edit} edit */
  edit(edit) {
    send(this.messenger, edit);
  }

  // --- what hands do ------------------------------------------------------------------------

  /** @param {number} k @returns {Grip} */
  meanGrip(k) {
    return {
      moved: (px, py) => {
        const { x, y } = this.drawing.main.paper.axes();
        this.moveMean(k, x.value(px), y.value(py));
      },
      nudged: (dx, dy) => {
        if (!this.free) return false;
        const { d, m } = this.start;
        const { x, y } = this.drawing.main.paper.axes();
        if (d === 1) this.moveMean(k, m[k] + hundredth(x.range) * (dx + dy), 0);
        else this.moveMean(k, m[2 * k] + hundredth(x.range) * dx, m[2 * k + 1] + hundredth(y.range) * dy);
        return true;
      },
      released: () => this.release(),
      tapped: () => this.chooseComponent(k),
    };
  }

  /** @param {number} k @returns {Grip} */
  spreadGrip(k) {
    return {
      moved: (px) => {
        const { x } = this.drawing.main.paper.axes();
        const { d, m, c } = this.start;
        const [left, right] = x.range;
        const reach = Math.max(Math.abs(x.value(px) - m[k * d]), (right - left) / 500);
        const now = d === 1 ? Math.sqrt(c[k]) : RADIUS * Math.sqrt(c[3 * k]);
        this.scaleSpread(k, snapped(reach, x.range) / now);
      },
      nudged: (dx, dy) => {
        this.scaleSpread(k, 1.05 ** (dx + dy));
        return this.free;
      },
      released: () => this.release(),
    };
  }

  /** @returns {Grip} */
  queryGrip() {
    /** @param {number} x */
    const move = (x) => {
      const { range } = this.drawing.main.paper.axes().x;
      this.query = snapped(Math.max(range[0], Math.min(range[1], x)), range);
      this.drawing.placeOverlay(this.view());
    };
    return {
      moved: (px) => move(this.drawing.main.paper.axes().x.value(px)),
      nudged: (dx) => {
        if (dx === 0 || this.query === null) return false;
        move(this.query + dx * hundredth(this.drawing.main.paper.axes().x.range));
        return true;
      },
      released: () => this.report(),
    };
  }

  /** The start as it now is. @returns {Mixture} */
  get start() {
    return this.draft || this.theRun.mixtures[0];
  }

  /** Draw another start, live until it is released. @param {Mixture} draft */
  change(draft) {
    if (!this.free) return;
    this.draft = draft;
    this.stop();
    this.shown = this.frame();
    this.transport.doubt();
    this.soon(["curves"]);
  }

  /** @param {number} k @param {number} across @param {number} up */
  moveMean(k, across, up) {
    const { x, y } = this.drawing.main.paper.axes();
    const mean = [snapped(across, x.range)];
    if (this.theRun.d === 2) mean.push(snapped(up, y.range));
    this.change(withMean(this.start, k, mean));
  }

  /** @param {number} k @param {number} factor */
  scaleSpread(k, factor) {
    this.change(scaled(this.start, k, factor, this.theRun.options.covarianceType === "tied"));
  }

  release() {
    if (!this.draft || !this.free) return;
    if (same(this.draft, this.theRun.mixtures[0])) {
      this.draft = null;
      this.transport.readout(this.theRun, this.h);
    } else {
      this.edit(moveStart(this.draft));
    }
  }

  /** @param {number} k */
  chooseComponent(k) {
    this.component = k;
    this.drawing.placeOverlay(this.view());
    this.edit({ kind: "select_component", index: k });
  }

  /** @param {number | null} index @param {number[]} [value] */
  selectPoint(index, value = []) {
    this.point = index === null ? null : { index, value };
    this.drawing.placeSelection(this.view());
    this.edit({ kind: "select_point", index });
  }

  removePoint() {
    if (!this.point) return;
    const { index } = this.point;
    this.point = null;
    this.drawing.placeSelection(this.view());
    this.edit({ kind: "remove_point", index });
  }

  /** Select the dot at a pixel; whether there is one. @param {number} px @param {number} py */
  touched(px, py) {
    const view = this.view();
    const dot = this.pointing.dotAt(view, px, py);
    if (dot >= 0) this.pointing.selectPlace(view, view.points.dots[dot]);
    return dot >= 0;
  }

  /** @param {number} px @param {number} py */
  addPoint(px, py) {
    const { x, y } = this.drawing.main.paper.axes();
    const place = [snapped(x.value(px), x.range), snapped(y.value(py), y.range)];
    this.edit({ kind: "add_point", value: place.slice(0, this.theRun.d) });
  }

  watch() {
    let width = this.root.clientWidth;
    this.resizes = new ResizeObserver(() => {
      const header = /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stHeader"]'));
      this.root.style.setProperty("--em-top", `${header ? header.offsetHeight : 0}px`);
      if (!this.payload || this.root.clientWidth === width || !this.root.clientWidth) return;
      width = this.root.clientWidth;
      requestAnimationFrame(() => this.refresh());
    });
    this.resizes.observe(this.root);
  }
}

/** @param {[number, number]} range */
const hundredth = ([low, high]) => (high - low) / 100;
