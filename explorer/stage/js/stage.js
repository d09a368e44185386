// @ts-check
// The conductor. `mount` is called at the mount and again, on the same node, whenever there is
// something new to show or the theme changes; one Stage a node does the rest.

import { Ahead } from "./ahead.js";
import { announce } from "./cursor.js";
import { moveStart, reshaped, same, scaled, snapped, withMean, withParameter } from "./draft.js";
import { Drawing } from "./drawing.js";
import { part } from "./elements.js";
import { Gestures } from "./gestures.js";
import { cloudOf } from "./em.js";
import { FEW } from "./marks.js";
import { send } from "./messages.js";
import { RADIUS } from "./curves.js";
import { plotly } from "./paper.js";
import { readPayload } from "./payload.js";
import { Pointing } from "./pointing.js";
import { decodePoints, decodeRun, frameAt, mixtureBetween, seenAlong, sharesOf } from "./run.js";
import { Sliders } from "./sliders.js";
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
/** What sharing out takes point by point: each of few, all of many. */
const A_TURN = 900;
const ALL_TURNS = 15000;
/** Milliseconds of a frame that may go into running EM. */
const LOOK_AHEAD = 6;
const REST = 200;
/** The least half-axis of an ellipse that hands make, in pixels, and what a key turns it by. */
const LEAST_AXIS = 4;
const TURN = Math.PI / 60;

/** @type {WeakMap<Element, Stage>} */
const stages = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {{data: Uint8Array | Payload, parentElement: HTMLElement} & Streamlit} component */
export function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = part(parentElement, ".em-stage");
  let stage = stages.get(root);
  if (!stage) stages.set(root, (stage = new Stage(root)));
  stage.streamlit = { setStateValue, setTriggerValue };
  const known = stage;
  const payload = readPayload(data);
  stage.newest = payload;
  const run = known.run?.id === payload.run.id ? seenAlong(known.run, payload.seen) : decodeRun(payload.run, payload.seen);
  Promise.all([run, plotly(payload.library)])
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
    /** The last half-step of this run that was gone to. */
    this.seen = 0;
    /** Whether the trajectory shows the whole run all the same. */
    this.foresight = false;
    /** @type {Mixture | null} the parameters that are being changed by hand */
    this.draft = null;
    /** @type {Ahead | null} where that leads */
    this.ahead = null;
    /** @type {import("./em.js").Cloud | null} the points, where EM can be run on them here */
    this.cloud = null;
    /** @type {Frame | null} what is on the screen, perhaps between two half-steps */
    this.shown = null;
    /** @type {Scene["sharing"]} */
    this.sharing = null;
    /** Whether the step that is being taken goes from point to point. */
    this.inTurn = false;
    /** How plainly the threads are to be seen: after an E-step, until the M-step has pulled them in. */
    this.threads = 0;
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
    /** @type {Edit | null} what hands changed, until its run comes: cut off, nobody hears of it */
    this.unheard = null;
    this.transport = new Transport(root, (h, held) => this.go(h, held));
    this.drawing = new Drawing(root, {
      mean: (k) => this.meanGrip(k),
      spread: (k, j) => this.spreadGrip(k, j),
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
      takeTurns: () => this.takeTurns(),
    });
    this.gestures = new Gestures(part(root, ".em-main .em-canvas"), {
      touched: (place) => this.touched(...place),
      addPoint: (place) => this.addPoint(...place),
      unzoom: () => this.drawing.main.paper.unzoom(),
    });
    this.sliders = new Sliders({
      moved: (slid) => this.slide(slid),
      released: () => this.draft && same(this.draft, this.theRun.mixtures[0]) && this.release(),
    });
    part(root, ".em-future input").addEventListener("change", (/** @type {any} */ event) => {
      this.foresight = event.target.checked;
      this.draw(["place"]);
    });
    part(root, ".em-turns").addEventListener("click", () => this.takeTurns());
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
    if (newRun) this.transport.pause();
    this.run = run;
    const sameData = before?.run.dataId === payload.run.dataId;
    this.points = sameData ? this.pointsFor(payload) : decodePoints(payload.points, run.features, payload.seen);
    if (newRun) this.cloud = this.thePoints.rows || run.features > 2 ? null : cloudOf(this.thePoints.values, run.d, run.options.covarianceType, this.thePoints.counts);
    if (newRun || forced) {
      const left = before ? null : this.left();
      this.h = Math.max(0, Math.min(run.last, left ?? payload.place.halfStep));
      this.seen = newRun ? this.h : Math.max(this.seen, this.h);
      this.reported = null;
    }
    this.point = payload.view.point;
    this.component = payload.view.component;
    const { query } = payload.view;
    if (query !== this.givenQuery && query !== this.sentQuery) this.query = this.sentQuery = query;
    this.givenQuery = query;
    const from = newRun && this.h === 0 ? this.shown : null;
    if (newRun) {
      this.drawing.hold(sameData && this.draft !== null);
      this.drop();
    }
    if (newRun || forced || !this.drawing.fits(payload)) this.refresh();
    else this.drawing.placeOverlay(this.view());
    if (from?.mixture.K === run.K && from.mixture.d === run.d && !still.matches) this.glide(from);
    if (!before) this.drawing.main.paper.onZoom(() => this.zoomed());
    part(this.root, ".em-loading").hidden = true;
    if (!before && payload.view.plays && this.h === 0) this.transport.act(still.matches ? "run" : "play");
  }

  /** The points that are here already, stacked and ordered as the payload has them. @param {Payload} payload */
  pointsFor(payload) {
    const { thePoints } = this;
    if (!payload.seen) return { ...thePoints, levels: payload.points.levels };
    return String(payload.seen) === String(thePoints.axes) ? thePoints : decodePoints(payload.points, thePoints.d, payload.seen);
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
    this.announce();
    this.drawing.dress(this.told, this.theRun, this.thePoints);
    this.shown = this.frame();
    this.sharing = null;
    this.threads = this.shown.h % 2;
    this.drawing.paint(this.view());
    this.settle();
  }

  announce() {
    announce({ run: this.theRun.id, h: this.h });
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
    this.sliders.close();
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
    return this.told.view.editable;
  }

  /** @returns {Frame} */
  frame() {
    const { draft } = this;
    return draft ? { h: 0, mixture: draft, sharer: draft, previous: null } : frameAt(this.theRun, this.h);
  }

  /** @returns {import("./drawing.js").View} */
  view() {
    return {
      run: this.ahead ? this.ahead.inPlaceOf(this.theRun) : this.theRun,
      ending: this.ahead && this.ahead.ending,
      seen: this.ahead || this.foresight ? Infinity : this.seen,
      points: this.thePoints,
      frame: this.shown || this.frame(),
      sharing: this.sharing,
      threads: this.threads,
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
    this.seen = Math.max(this.seen, h);
    this.drop();
    const there = { ...this.view(), frame: this.frame() };
    if (this.drawing.letGo(there)) this.draw();
    else this.drawing.follow(there);
    this.announce();
    this.transport.show(this.theRun, h);
    clearTimeout(this.resting);
    const from = this.shown;
    const span = this.inTurn ? Math.min(A_TURN * this.thePoints.n, ALL_TURNS) : GLIDE;
    if (!from || (!this.inTurn && (held || still.matches))) this.jump();
    else this.glide(from, span);
    this.resting = setTimeout(() => this.settle(), this.gliding ? span : REST);
  }

  /** Whether the next step is an E-step on few enough points to share them out one by one. */
  get canTakeTurns() {
    const plain = this.theRun.options.rules.temperature === 1;
    return this.free && plain && this.h % 2 === 0 && this.h < this.theRun.last && this.thePoints.n <= FEW;
  }

  /** The E-step in slow motion, from point to point. */
  takeTurns() {
    if (!this.canTakeTurns) return;
    this.inTurn = true;
    this.transport.go(this.h + 1);
    this.inTurn = false;
  }

  jump() {
    this.stop();
    this.shown = this.frame();
    this.sharing = null;
    this.threads = this.shown.h % 2;
    this.soon();
  }

  /** At most one painting a screen refresh, however fast the steps come. @param {Follows[]} [moved] */
  soon(moved) {
    this.painting ||= requestAnimationFrame(() => {
      this.painting = 0;
      if (this.ahead) this.lookAhead(this.ahead);
      this.draw(moved);
    });
  }

  stop() {
    if (this.payload) this.drawing.endTurn(this.view());
    cancelAnimationFrame(this.gliding || 0);
    cancelAnimationFrame(this.painting || 0);
    this.gliding = this.painting = 0;
  }

  /** @param {Frame} from @param {number} span milliseconds */
  glide(from, span = GLIDE) {
    this.stop();
    const { inTurn } = this;
    const to = this.frame();
    const interrupted = from.sharer === to.sharer ? this.sharing : null;
    const curvesMove = from.mixture !== to.mixture || from.previous !== to.previous;
    const sharesMove = from.sharer !== to.sharer || interrupted !== null;
    const { from: owner, s: done } = interrupted || { from: from.sharer, s: 0 };
    const threadsBefore = this.threads;
    const begun = performance.now();
    /** @param {number} now */
    const turn = (now) => {
      const passed = Math.min(1, Math.max(0, (now - begun) / span));
      const eased = inTurn ? passed : passed < 0.5 ? 4 * passed ** 3 : 1 - (2 - 2 * passed) ** 3 / 2;
      this.shown = passed < 1 ? { ...to, mixture: mixtureBetween(from.mixture, to.mixture, eased) } : to;
      this.sharing = passed < 1 && sharesMove ? { from: owner, to: to.sharer, s: done + (1 - done) * eased, inTurn } : null;
      this.threads = inTurn ? 1 : threadsBefore + ((to.h % 2) - threadsBefore) * eased;
      /** @type {Follows[]} */
      const moved = ["place"];
      if (curvesMove) moved.push("curves");
      if (sharesMove) moved.push("shares");
      this.draw(moved);
      if (inTurn && passed < 1) this.drawing.showTurn(this.view(), Math.floor(passed * this.thePoints.n));
      else if (inTurn) this.drawing.endTurn(this.view());
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
    part(this.root, ".em-hint").textContent = told.charts.main.hints[h ? "later" : "start"];
    this.transport.say(statusText(run, h));
    part(this.root, ".em-turns").hidden = !this.canTakeTurns;
    this.report();
  }

  /** Python's `place` is older than the cursor: a stage mounted anew goes on where the last one was. */
  report() {
    this.leave();
    if (this.told.view.plays) return;
    const run = this.theRun.id;
    /** @param {number} h @param {number | null} query @returns {import("./messages.js").Cursor} */
    const cursor = (h, query) => ({ kind: "cursor", run, half_step: h, query });
    const text = JSON.stringify(cursor(this.h, this.query));
    const known = this.reported ?? JSON.stringify(cursor(this.told.place.halfStep, this.sentQuery ?? null));
    this.reported = text;
    if (text === known) return;
    this.sentQuery = this.query;
    send(this.messenger, cursor(this.h, this.query));
  }

  /** Where this stage would be left, and what nobody may have heard of. */
  leave() {
    const { h, unheard } = this;
    /** @type {any} */ (window).emLeft = { run: this.theRun.id, nonce: this.told.place.nonce, h, edit: unheard };
  }

  /** @returns {Streamlit} */
  get messenger() {
    return /** @type {Streamlit} */ (this.streamlit);
  }

  /** @param {Edit} edit */
  edit(edit) {
    if (!edit.kind.startsWith("select")) this.unheard = edit;
    this.leave();
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
        const { d, m } = this.parameters;
        const { x, y } = this.drawing.main.paper.axes();
        if (d === 1) this.moveMean(k, m[k] + hundredth(x.range) * (dx + dy), 0);
        else this.moveMean(k, m[2 * k] + hundredth(x.range) * dx, m[2 * k + 1] + hundredth(y.range) * dy);
        return true;
      },
      released: () => this.release(),
      tapped: () => this.chooseComponent(k),
    };
  }

  /** A handle on an end of component k's spread; in the plane, of its axis `j`. @param {number} k @param {number} j @returns {Grip} */
  spreadGrip(k, j) {
    return this.theRun.d === 1 ? this.widthGrip(k) : this.axisGrip(k, j);
  }

  /** @param {number} k @param {number} j @returns {Grip} */
  axisGrip(k, j) {
    const type = this.theRun.options.covarianceType;
    const turns = type === "full" || type === "tied";
    /** @param {number} length in pixels @param {number | null} angle */
    const stretch = (length, angle) => {
      const { drawing, parameters } = this;
      const { angle: before, variances } = drawing.shapeOf(parameters, k);
      const variance = (Math.max(length, LEAST_AXIS) / RADIUS) ** 2;
      const ratio = variance / variances[j];
      const stretched = variances.map((value, i) => (type === "spherical" ? value * ratio : i === j ? variance : value));
      const shape = { angle: angle ?? before, variances: /** @type {[number, number]} */ (stretched) };
      drawing.angles[k] = shape.angle;
      this.change(reshaped(parameters, k, drawing.unit, shape, type === "tied"));
    };
    const now = () => {
      const { angle, variances } = this.drawing.shapeOf(this.parameters, k);
      return { angle, length: RADIUS * Math.sqrt(variances[j]) };
    };
    return {
      moved: (px, py) => {
        const { x, y } = this.drawing.main.paper.axes();
        const { m } = this.parameters;
        const [dx, dy] = [px - x.pixel(m[2 * k]), py - y.pixel(m[2 * k + 1])];
        if (turns) return stretch(Math.hypot(dx, dy), Math.atan2(dy, dx) + (j * Math.PI) / 2);
        const { angle } = now();
        stretch(Math.abs(dx * Math.cos(angle - (j * Math.PI) / 2) + dy * Math.sin(angle - (j * Math.PI) / 2)), null);
      },
      nudged: (dx, dy) => {
        if (!this.free) return false;
        const { angle, length } = now();
        stretch(length * 1.05 ** (turns ? dx : dx + dy), turns ? angle - dy * TURN : null);
        return true;
      },
      released: () => this.release(),
    };
  }

  /** @param {number} k @returns {Grip} */
  widthGrip(k) {
    return {
      moved: (px) => {
        const { x } = this.drawing.main.paper.axes();
        const { m, c } = this.parameters;
        const [left, right] = x.range;
        const reach = Math.max(Math.abs(x.value(px) - m[k]), (right - left) / 500);
        this.scaleSpread(k, snapped(reach, x.range) / Math.sqrt(c[k]));
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

  /** The parameters in force, as they now are. @returns {Mixture} */
  get parameters() {
    return this.draft || frameAt(this.theRun, this.h).mixture;
  }

  /** Draw other parameters and where they lead, live until they are let go. @param {Mixture} draft */
  change(draft) {
    if (!this.free) return;
    this.transport.pause();
    this.draft = draft;
    this.ahead = this.cloud && new Ahead(this.cloud, draft, this.theRun.options);
    this.stop();
    this.shown = this.frame();
    this.sharing = null;
    this.threads = 0;
    if (!this.ahead) this.transport.foretell(null, this.theRun, 0);
    this.soon();
  }

  /** A slider of the sidebar is moved: it changes the start, wherever the run is. @param {import("./sliders.js").Slid} slid */
  slide(slid) {
    const { mixtures, options, K } = this.theRun;
    if (this.root.offsetParent && slid.k < K) this.change(withParameter(mixtures[0], slid, options.covarianceType));
  }

  /** @param {Ahead} ahead */
  lookAhead(ahead) {
    if (ahead.done) return;
    ahead.advance(LOOK_AHEAD);
    this.transport.foretell(ahead, this.theRun, this.cloud?.total || 1);
    if (!ahead.done) requestAnimationFrame(() => this.ahead === ahead && this.soon());
  }

  /** Forget what was in the hand. */
  drop() {
    this.draft = this.ahead = this.unheard = null;
    this.transport.hush();
  }

  /** @param {number} k @param {number} across @param {number} up */
  moveMean(k, across, up) {
    const { x, y } = this.drawing.main.paper.axes();
    const mean = [snapped(across, x.range)];
    if (this.theRun.d === 2) mean.push(snapped(up, y.range));
    this.change(withMean(this.parameters, k, mean));
  }

  /** @param {number} k @param {number} factor */
  scaleSpread(k, factor) {
    this.change(scaled(this.parameters, k, factor, this.theRun.options.covarianceType === "tied"));
  }

  release() {
    if (!this.draft) return;
    if (same(this.draft, frameAt(this.theRun, this.h).mixture) || same(this.draft, this.theRun.mixtures[0])) {
      this.drop();
      this.transport.readout(this.theRun, this.h);
      this.jump();
    } else {
      this.edit(moveStart(this.draft, this.h > 0));
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
    if (!this.free) return;
    const { x, y } = this.drawing.main.paper.axes();
    const place = [snapped(x.value(px), x.range), snapped(y.value(py), y.range)];
    this.edit({ kind: "add_point", value: place.slice(0, this.theRun.d) });
  }

  watch() {
    const plot = part(this.root, ".em-main .em-plot");
    const sizes = () => `${this.root.clientWidth} ${plot.clientHeight}`;
    let known = sizes();
    this.resizes = new ResizeObserver(() => {
      const header = /** @type {HTMLElement | null} */ (document.querySelector('[data-testid="stHeader"]'));
      this.root.style.setProperty("--em-top", `${header ? header.offsetHeight : 0}px`);
      if (!this.payload || sizes() === known || !this.root.clientWidth) return;
      known = sizes();
      requestAnimationFrame(() => this.refresh());
    });
    this.resizes.observe(this.root);
    this.resizes.observe(plot);
  }
}

/** @param {[number, number]} range */
const hundredth = ([low, high]) => (high - low) / 100;
