// @ts-check
// The three charts and what lies over them, drawn from what is in view.

import { make, moveTo, part } from "./elements.js";
import { channels } from "./colours.js";
import { RADIUS, curveGrid } from "./curves.js";
import { densityAt, logWeightedDensity, marginal, peakHeight } from "./formulas.js";
import { ALL, badgeMark, densityMarks, each, panelAxes, planeMarks, shareMarks, trajectoryMarks } from "./marks.js";
import { dataValue } from "./numbers.js";
import { onScreen } from "./draft.js";
import { Handles, QueryLine, Turn } from "./overlay.js";
import { Paper, themed, titled } from "./paper.js";
import { endingOf, placeOf, rowOf, valueOf } from "./run.js";
import { Sheet, shape } from "./sheet.js";
import { meanText } from "./words.js";

/** @typedef {import("./formulas.js").Mixture} Mixture */
/** @typedef {import("./marks.js").Follows} Follows */
/** @typedef {import("./marks.js").Look} Look */
/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./marks.js").Scene} Scene */
/** @typedef {import("./overlay.js").Grip} Grip */
/** @typedef {import("./paper.js").Axes} Axes */
/** @typedef {import("./payload.js").Payload} Payload */
/** @typedef {import("./payload.js").Palette} Palette */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./run.js").Frame} Frame */
/** @typedef {import("./run.js").Points} Points */

/**
 * All that is in view. free: the parameters may be changed; query: where the query line stands;
 * seen, ending, threads: as in a `Scene`.
 * @typedef {{run: Run, points: Points, frame: Frame, seen: number, ending: Mixture | null, threads: number, sharing: Scene["sharing"], free: boolean,
 *   point: {index: number, value: number[]} | null, component: number, query: number | null}} View
 */

const NARROW = 540;
const coarse = matchMedia("(pointer: coarse)");

/** One chart on a node that stays: Plotly's paper, and the sheet above it with all that is drawn. */
export class Chart {
  /** @param {Element} canvas */
  constructor(canvas) {
    this.node = part(canvas, ".em-plot");
    this.svg = part(canvas, ".em-sheet");
    this.paper = new Paper(this.node, []);
    this.sheet = new Sheet(this.svg, this.paper);
  }

  /** @param {any} layout @param {Mark[]} marks */
  take(layout, marks) {
    this.layout = layout;
    this.marks = marks;
    this.paper.pairs = [...new Map(marks.map(({ axes }) => [axes.x + axes.y, axes])).values()];
    this.sheet.take(marks);
  }

  /** Let the upright axis end at `top`; whether it did not yet. @param {number} top */
  rise(top) {
    const { yaxis } = this.layout;
    if (Math.abs(top - yaxis.range[1]) < 1e-9 * top) return false;
    this.layout = { ...this.layout, yaxis: { ...yaxis, range: [0, top] } };
    return true;
  }

  paint() {
    if (this.layout.height) this.node.style.height = `${this.layout.height}px`;
    this.paper.draw(this.layout);
    this.sheet.fit();
  }
}

/** @param {Payload} payload @param {Run} run @param {Points} points @param {Palette} palette @returns {Look} */
export function lookOf({ seen, truth, pinned, view, charts }, run, points, palette) {
  const drawn = pinned && (seen ? marginal(unpacked(pinned), seen) : unpacked(pinned));
  return {
    palette,
    K: run.K,
    d: run.d,
    points,
    truth: truth && unpacked(truth),
    pinned: pinned && drawn && { ...drawn, logLikelihood: pinned.logLikelihood },
    posterior: view.posterior,
    round: run.options.covarianceType === "spherical",
    panels: charts.trajectory.panels,
  };
}

/** @param {import("./payload.js").MixturePayload} mixture @returns {Mixture} */
const unpacked = ({ K, d, w, m, c }) => ({ K, d, w: Float64Array.from(w), m: Float64Array.from(m), c: Float64Array.from(c) });

/** What fills each chart. @param {Look} look @param {Payload["charts"]} charts */
export function marksOf(look, charts) {
  return {
    main: look.d === 1 ? densityMarks(look) : planeMarks(look),
    badges: badgeMark(look),
    shares: shareMarks(look, charts.shares.layout.bargap),
    trajectory: trajectoryMarks(look),
  };
}

/** @param {Chart} main @param {View} view @returns {Scene} */
export function sceneOf({ paper }, { run, points, frame, seen, ending, threads, sharing }) {
  const { x, y } = paper.axes();
  return { run, points, frame, seen, ending, threads, sharing, across: x.range, up: y.range };
}

const PASSING = ["ghost", "ending"];

/** A mark of each kind that has words in the legend; what comes and goes is last. @param {Mark[]} marks */
export function legendOf(marks) {
  const worded = [...new Map(marks.filter(({ legend }) => legend).map((mark) => [mark.legend, mark])).values()];
  return [false, true].flatMap((passing) => worded.filter(({ role }) => PASSING.includes(role) === passing));
}

/** A piece of a line in the style of a mark. @param {Mark} mark @param {string} colour */
export function swatch({ style, k }, colour) {
  return shape(style.closed ? "ellipse" : "line", {
    ...(style.closed ? { cx: 10.5, cy: 5, rx: 9.5, ry: 4 } : { x1: 0, x2: 21, y1: 5, y2: 5 }),
    fill: "none",
    stroke: k === undefined ? style.stroke : colour,
    "stroke-width": Math.min(style.width, 2),
    "stroke-dasharray": style.dash || "none",
  });
}

export class Drawing {
  /**
   * @param {HTMLElement} root
   * @param {{mean: (k: number) => Grip, spread: (k: number, j: number) => Grip, query: Grip, remove: () => void, deselect: () => void}} hands
   */
  constructor(root, hands) {
    this.root = root;
    this.hands = hands;
    this.main = new Chart(part(root, ".em-main .em-canvas"));
    this.shares = new Chart(part(root, ".em-shares .em-canvas"));
    this.trajectory = new Chart(part(root, ".em-trajectory .em-canvas"));
    this.charts = [this.main, this.shares, this.trajectory];
    const overlay = part(root, ".em-main .em-overlay");
    this.handles = new Handles(overlay, hands);
    this.query = new QueryLine(overlay, hands.query);
    this.turn = new Turn(overlay);
    this.ring = make("div", "em-ring");
    overlay.append(this.ring);
    this.bar = make("div", "em-frame");
    part(root, ".em-shares .em-overlay").append(this.bar);
    /** @type {{payload: Payload, dark: boolean, width: number} | null} */
    this.dressed = null;
    /** @type {number[]} for each component of the plane, where its first axis pointed last */
    this.angles = [];
    /** @type {{x: [number, number], y: [number, number]} | null} what the main chart's axes keep to */
    this.held = null;
  }

  /** Whether the axes stay where they are, under the hand that made another run. @param {boolean} byHand */
  hold(byHand) {
    const { xaxis, yaxis } = this.main.layout || {};
    this.held = byHand ? { x: xaxis.range, y: yaxis.range } : null;
  }

  /** The hand has gone: the axes are those of the run again; whether they were not. @param {View} view */
  letGo(view) {
    if (!this.held || !this.dressed) return false;
    this.held = null;
    const { layout } = this.main;
    const { xaxis, yaxis } = this.dressed.payload.charts.main.layout;
    this.main.layout = {
      ...layout,
      xaxis: { ...layout.xaxis, range: xaxis.range },
      yaxis: { ...layout.yaxis, range: yaxis.range },
    };
    this.fill(view);
    this.main.paint();
    return true;
  }

  /** Let the axis hold the curves in view; whether it has to be drawn anew. @param {View} view */
  fill(view) {
    if (this.held || view.run.d === 2) return false;
    const whole = /** @type {any} */ (this.dressed).payload.charts.main.layout.yaxis.range[1];
    return this.main.rise(heightFor(view, this.truth, whole, this.main.layout.xaxis.range));
  }

  /** Let the axis follow, on paper that is drawn already. @param {View} view */
  follow(view) {
    if (this.fill(view)) this.main.paper.rise(this.main.layout);
  }

  /** Whether templates, colours and layout are still those for this payload, theme and width. @param {Payload} payload */
  fits(payload) {
    const worn = this.dressed;
    if (!worn || worn.dark !== this.isDark() || worn.width !== this.root.clientWidth) return false;
    const old = worn.payload;
    if (old === payload) return true;
    /** @param {Payload} payload */
    const looks = ({ seen, charts, truth, pinned, view: { posterior, form } }) => JSON.stringify([seen, charts, truth, pinned, posterior, form]);
    return looks(old) === looks(payload);
  }

  /** @param {Payload} payload @param {Run} run @param {Points} points */
  dress(payload, run, points) {
    const dark = this.isDark();
    const width = this.root.clientWidth;
    this.dressed = { payload, dark, width };
    this.root.dataset.theme = dark ? "dark" : "light";
    this.root.dataset.form = payload.view.form;
    const palette = dark ? payload.palette.dark : payload.palette.light;
    const narrow = width <= NARROW;
    const { charts } = payload;
    const look = lookOf(payload, run, points, palette);
    this.truth = look.truth;
    const marks = marksOf(look, charts);
    const family = getComputedStyle(this.root).fontFamily;
    /** @param {any} layout */
    const worn = (layout) => themed(layout, palette, family);
    part(this.root, ".em-main").classList.toggle("em-two", run.d === 2);
    const plain = worn(charts.main.layout);
    const { x = plain.xaxis.range, y = plain.yaxis.range } = this.held || {};
    const axes = { xaxis: { ...plain.xaxis, range: x }, yaxis: { ...plain.yaxis, range: y } };
    this.main.take({ ...plain, ...axes, ...(coarse.matches ? { dragmode: false } : {}) }, marks.main);
    this.shares.take(worn(charts.shares.layout), marks.shares);
    const panels = worn(narrow ? charts.trajectory.narrow : charts.trajectory.layout);
    this.trajectory.take(titled(panels, charts.trajectory.titles, this.trajectory.node.clientWidth), marks.trajectory);
    this.handles.build(run.K, run.d);
    this.captions(payload, marks.main, run);
    const beside = !narrow && run.K <= 4;
    part(this.root, beside ? ".em-main .em-overlay" : ".em-below").append(this.query.card);
  }

  isDark() {
    const probe = getComputedStyle(this.root).getPropertyValue("--st-background-color").trim();
    const canvas = /** @type {any} */ (document.createElement("canvas").getContext("2d"));
    canvas.fillStyle = "#ffffff";
    canvas.fillStyle = probe || "#ffffff";
    const [red, green, blue] = channels(canvas.fillStyle);
    return red + green + blue < 384;
  }

  /** @param {Payload} payload @param {Mark[]} marks @param {Run} run */
  captions({ charts }, marks, run) {
    part(this.root, ".em-main figcaption b").textContent = charts.main.caption;
    part(this.root, ".em-shares .em-caption").textContent = charts.shares.caption;
    part(this.root, ".em-trajectory .em-caption").textContent = charts.trajectory.caption;
    part(this.root, ".em-empty").textContent = run.last
      ? "No responsibilities yet: press E-step to share out the points"
      : `No step can be taken from this start: ${endingOf(run).words}`;
    const entries = legendOf(marks).map((mark) => {
      const entry = make("span", "");
      const piece = shape("svg", { width: 21, height: 10, "aria-hidden": "true" });
      piece.append(swatch(mark, "var(--em-muted)"));
      entry.append(piece, String(mark.legend));
      entry.dataset.role = mark.role;
      return entry;
    });
    part(this.root, ".em-legend").replaceChildren(...entries);
  }

  /** Everything anew, the papers too. @param {View} view */
  paint(view) {
    this.fill(view);
    for (const chart of this.charts) chart.paint();
    this.draw(view);
  }

  /** @param {View} view @param {Follows[]} moved */
  draw(view, moved = ALL) {
    const scene = sceneOf(this.main, view);
    for (const chart of this.charts) chart.sheet.draw(scene, moved);
    if (moved.includes("curves")) {
      this.placeOverlay(view);
      for (const entry of part(this.root, ".em-legend").children) {
        entry.hidden = !this.main.sheet.shows(entry.dataset.role);
      }
    }
    if (moved.includes("shares")) part(this.root, ".em-empty").hidden = view.frame.sharer !== null;
  }

  /** @param {View} view */
  placeOverlay(view) {
    const { mixture } = view.frame;
    const axes = this.main.paper.axes();
    const places = each(mixture.K).map((k) => (mixture.d === 1 ? placesOnCurve(mixture, k, axes) : this.placesInPlane(mixture, k, axes)));
    const open = view.free && view.frame.h === 0;
    /** @param {number} k */
    const describe = (k) =>
      view.free
        ? `Mean of component ${k + 1}: ${meanText(mixture, k)}. Arrow keys or drag to move`
        : `Component ${k + 1}, mean ${meanText(mixture, k)}`;
    this.handles.place(places, { free: view.free, open }, view.component, describe);
    this.query.place(mixture, mixture.d === 1 ? view.query : null, axes, view.points.spread[0]);
    this.placeSelection(view);
    part(this.root, ".em-unzoom").hidden = !this.main.paper.zoomed;
  }

  /** Pixels of one unit of the plane, across and up. @returns {[number, number]} */
  get unit() {
    const { x, y } = this.main.paper.axes();
    return [x.pixel(1) - x.pixel(0), y.pixel(1) - y.pixel(0)];
  }

  /** A component's ellipse as it is seen. @param {Mixture} mixture @param {number} k */
  shapeOf(mixture, k) {
    return onScreen(mixture, k, this.unit, this.angles[k] ?? null);
  }

  /** @param {Mixture} mixture @param {number} k @param {Axes} axes @returns {import("./overlay.js").Place} */
  placesInPlane(mixture, k, { x, y }) {
    const { m } = mixture;
    const [px, py] = [x.pixel(m[2 * k]), y.pixel(m[2 * k + 1])];
    const { angle, variances } = this.shapeOf(mixture, k);
    this.angles[k] = angle;
    const spreads = variances.map((variance, j) => {
      const reach = Math.max(RADIUS * Math.sqrt(variance), LEAST_REACH);
      const [dx, dy] = [reach * Math.cos(angle - (j * Math.PI) / 2), reach * Math.sin(angle - (j * Math.PI) / 2)];
      const side = x.covers(px + dx) && y.covers(py + dy) ? 1 : -1;
      return /** @type {[number, number]} */ ([x.nearest(px + side * dx), y.nearest(py + side * dy)]);
    });
    return { mean: [px, py], spreads };
  }

  /** Show how the point at a column of the bars is being shared out. @param {View} view @param {number} column */
  showTurn(view, column) {
    const { points, frame } = view;
    const place = points.columns[column];
    const value = valueOf(points, place);
    const { x } = this.main.paper.axes();
    const onLeft = x.pixel(value[0]) > (x.start + x.end) / 2;
    const name = `Point ${rowOf(points, place) + 1}: ${pointText(points, value)}`;
    this.turn.show(/** @type {Mixture} */ (frame.sharer), value, name, onLeft);
    this.mark(view, place);
  }

  /** @param {View} view */
  endTurn(view) {
    if (this.turn.card.hidden) return;
    this.turn.hide();
    this.placeSelection(view);
  }

  /** @param {View} view */
  placeSelection(view) {
    const { point, points } = view;
    this.mark(view, point ? placeOf(points, point.index) : -1);
    this.describeSelection(view);
  }

  /** Ring the dot and frame the bar of the point at a place, or of none. @param {View} view @param {number} place */
  mark(view, place) {
    const { points, frame } = view;
    const dot = points.dots.indexOf(place);
    this.ring.hidden = dot < 0;
    if (dot >= 0) moveTo(this.ring, ...this.dotPlace(points, dot));
    const column = points.columns.indexOf(place);
    this.bar.hidden = column < 0 || frame.sharer === null;
    if (!this.bar.hidden) {
      const { x, y } = this.shares.paper.axes();
      const left = x.pixel(column + 0.5);
      Object.assign(this.bar.style, {
        left: `${left}px`,
        width: `${x.pixel(column + 1.5) - left}px`,
        top: `${y.start}px`,
        height: `${y.length}px`,
      });
    }
  }

  /** In pixels. @param {Points} points @param {number} dot @returns {[number, number]} */
  dotPlace(points, dot) {
    const value = valueOf(points, points.dots[dot]);
    const [across, up] = points.axes.map((axis) => value[axis]);
    const { x, y } = this.main.paper.axes();
    if (points.d > 1) return [x.pixel(across), y.pixel(up)];
    return [x.pixel(across), this.main.paper.axes({ x: "x", y: "y3" }).y.pixel(points.levels[dot])];
  }

  /** @param {View} view */
  describeSelection({ point, points }) {
    const line = part(this.root, ".em-selected");
    const text = point ? `Point ${point.index + 1}: ${pointText(points, point.value)}` : "";
    line.hidden = !text;
    part(this.root, ".em-hint").hidden = Boolean(text);
    if (!text || line.dataset.text === text) return;
    line.dataset.text = text;
    const words = make("span", "");
    words.textContent = text;
    /** @param {string} label @param {() => void} act */
    const button = (label, act) => {
      const element = make("button", "", { type: "button" });
      element.textContent = label;
      element.addEventListener("click", act);
      return element;
    };
    line.replaceChildren(words, button("Remove", this.hands.remove), button("Deselect", this.hands.deselect));
  }

  /** The panel of the trajectory under a pixel, from 0, or −1. @param {number} px @param {number} py @param {number} panels */
  panelAt(px, py, panels) {
    return each(panels + 1).findIndex((i) => {
      const { x, y } = this.trajectory.paper.axes(panelAxes(i));
      return x.covers(px, 10) && y.covers(py, 10);
    });
  }

  close() {
    for (const { paper } of this.charts) paper.close();
  }
}

/** @param {Points} points @param {number[]} value */
export const pointText = (points, value) => value.map((v, j) => dataValue(v, points.spread[j])).join(", ");

const LEAST_REACH = 22;

/** Room above the highest place of what fills the chart: the numbers on the summits stand there. */
const HEADROOM = 1.2;

/**
 * Where the density axis ends: at the start and its E-step its curves fill the chart. Later the axis
 * holds the curves in force and those before, at the whole run's height or a half or quarter of it,
 * so that it seldom moves.
 * @param {View} view @param {Mixture | null} truth @param {number} whole @param {[number, number]} across
 */
export function heightFor({ frame, points }, truth, whole, across) {
  const highest = [frame.mixture, frame.previous, truth].map((mixture) =>
    mixture ? Math.max(...curveGrid(mixture, each(mixture.K), across).map((x) => densityAt(mixture, x))) : 0,
  );
  const needed = Math.max(...highest, ...(points.bins ? points.bins.density : []));
  if (frame.h <= 1) return Math.min(whole, HEADROOM * needed);
  let top = whole;
  while (top / 2 >= HEADROOM * needed) top /= 2;
  return top;
}

/** @param {Mixture} mixture @param {number} k @param {Axes} axes @returns {import("./overlay.js").Place} */
function placesOnCurve(mixture, k, { x, y }) {
  /** @param {number} height */
  const within = (height) => y.pixel(Math.max(y.range[0], Math.min(height, y.range[1])));
  const sd = Math.sqrt(mixture.c[k]);
  const mean = x.pixel(mixture.m[k]);
  const reach = Math.max(x.pixel(mixture.m[k] + sd) - mean, LEAST_REACH);
  const side = mean + reach <= x.end ? 1 : -1;
  const edge = Math.exp(logWeightedDensity(mixture, k, mixture.m[k] + sd));
  return { mean: [mean, within(peakHeight(mixture, k))], spreads: [[mean + side * reach, within(edge)]] };
}
