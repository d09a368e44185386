// @ts-check
// Why EM rises: the log-likelihood and its lower bound about the iteration that the stage stands in,
// and under them, half-step by half-step, how high both were. It follows the stage's cursor by itself.

import { follow } from "./cursor.js";
import { part } from "./elements.js";
import { logLikelihood, number, rough, signed } from "./numbers.js";
import { iterationOf, phaseOf } from "./run.js";

/**
 * run: the run it belongs to; heights[t]: the log-likelihood after t iterations; bounds[t − 1]: the
 * lower bound at the M-step of iteration t; places: where both curves are worked out, gains and
 * lowered: their heights over where the iteration began, packed; road: the parameter's own values.
 * @typedef {{run: string, height: string, heights: number[], bounds: number[], places: number[],
 *   logarithmic: boolean, title: string, road: number[] | null, gains: string, lowered: string}} Told
 * @typedef {{gains: Float32Array, lowered: Float32Array}} Curves
 * @typedef {{from: [number, number], to: [number, number]}} Axis
 */

const [WIDTH, HEIGHT, STEPS] = [480, 290, 132];
const [LEFT, RIGHT, TOP, BOTTOM] = [58, 14, 24, 40];
const SHOWN = 12;

/** @type {WeakMap<Element, Ascent>} */
const pictures = new WeakMap();

/** @param {{data: Uint8Array | Told, parentElement: HTMLElement}} component */
export default function ascent({ data, parentElement }) {
  const root = part(parentElement, ".ex-ascent");
  let picture = pictures.get(root);
  if (!picture) pictures.set(root, (picture = new Ascent(root)));
  picture.take(data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data);
  const known = picture;
  return () => setTimeout(() => root.isConnected || known.close());
}

class Ascent {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.h = 0;
    /** @type {Told | null} */
    this.told = null;
    this.painting = 0;
    this.leave = follow((where) => {
      this.where = where;
      this.soon();
    });
  }

  /** @param {Told} told */
  take(told) {
    this.told = told;
    this.curves = { gains: singles(told.gains), lowered: singles(told.lowered) };
    this.draw();
  }

  close() {
    this.leave();
    cancelAnimationFrame(this.painting);
    pictures.delete(this.root);
  }

  soon() {
    this.painting ||= requestAnimationFrame(() => {
      this.painting = 0;
      this.draw();
    });
  }

  /** A stage that shows another run is waited for: its own curves are on their way. */
  draw() {
    const { told, where, curves } = this;
    if (!told || !curves || (where && where.run !== told.run)) return;
    const h = Math.min(where?.h ?? 0, 2 * told.bounds.length);
    const words = sentence(told, h);
    part(this.root, ".ex-told").textContent = words;
    const [above, below] = this.root.querySelectorAll("svg");
    above.innerHTML = curvesAt(told, curves, h);
    above.setAttribute("aria-label", words);
    below.innerHTML = staircase(told, h);
    this.root.dataset.h = String(h);
  }
}

/** @param {string} base64 */
function singles(base64) {
  const text = atob(base64);
  return new Float32Array(Uint8Array.from(text, (letter) => letter.charCodeAt(0)).buffer);
}

// --- in words -------------------------------------------------------------------------------

/** @param {Told} told @param {number} h */
export function sentence(told, h) {
  const { height, heights, bounds } = told;
  const t = iterationOf(h);
  if (h === 0) {
    const next = bounds.length ? " There is no bound yet: the E-step makes one." : "";
    return `The ${height} of the start is ${logLikelihood(heights[0])}.${next}`;
  }
  const before = heights[t - 1];
  if (phaseOf(h) === "E") {
    return `E-step of iteration ${t}: the gap is closed. The new bound touches the ${height} where we stand, at ${logLikelihood(before)}.`;
  }
  const gap = heights[t] - bounds[t - 1];
  const rose = heights[t] < before ? "went" : "rose";
  return `M-step of iteration ${t}: the bound was raised to its peak, ${signed(bounds[t - 1] - before)}; the ${height} ${rose} by that and by the gap that opened, ${number(gap)}: ${signed(heights[t] - before)} in all.`;
}

// --- the curves -----------------------------------------------------------------------------

/** The iteration, from 0, whose curves are shown at half-step h. @param {number} h */
const iterationShown = (h) => Math.max(0, (h - 1) >> 1);

/** @param {Told} told @param {Curves} curves @param {number} h */
function curvesAt(told, { gains, lowered }, h) {
  const m = told.places.length;
  const t = iterationShown(h);
  const gain = gains.subarray(t * m, (t + 1) * m);
  const low = lowered.subarray(t * m, (t + 1) * m);
  if (!gain.length) return note(told.bounds.length ? "These curves are not worked out yet." : "This run has no M-step.");
  const xs = told.logarithmic ? told.places.map(Math.log10) : told.places;
  const [x, y] = [axis([xs[0], xs[m - 1]], [LEFT, WIDTH - RIGHT]), axis(reach(gain), [HEIGHT - BOTTOM, TOP])];
  const { begin, end } = ways(told, t);
  const here = h > 0 && phaseOf(h) === "M" ? end : begin;
  const parts = [frame(told, x, y), known(x, y, xs, gain, low, h)];
  if (h > 0) {
    parts.push(line(x, y, xs, low, "var(--em-accent)", 2.25), name(x, y, xs, low, "lower bound", "var(--em-accent)", 14));
  }
  parts.push(line(x, y, xs, gain, "var(--em-ink)", 2), name(x, y, xs, gain, told.height, "var(--em-ink)", -7));
  parts.push(h > 0 && phaseOf(h) === "M" ? step(told, x, y, t) : dot(place(x, begin), place(y, 0), "here"));
  if (told.road && here === end) parts.push(post(place(x, end), "M-step"));
  return parts.join("");
}

/** Where the iteration begins and ends on the axis below. @param {Told} told @param {number} t */
function ways(told, t) {
  if (!told.road) return { begin: 0, end: 1 };
  const [begin, end] = [told.road[t], told.road[t + 1]];
  return told.logarithmic ? { begin: Math.log10(begin), end: Math.log10(end) } : { begin, end };
}

/** From where we stood to the bound's peak, and the gap up to the log-likelihood there. @param {Told} told @param {Axis} x @param {Axis} y @param {number} t */
function step(told, x, y, t) {
  const from = dot(place(x, ways(told, t).begin), place(y, 0), "before");
  if (told.road) return from;
  const [bound, height] = [told.bounds[t] - told.heights[t], told.heights[t + 1] - told.heights[t]];
  const [at, low, high] = [place(x, 1), place(y, bound), place(y, height)];
  const gap = `<line class="ex-gap" x1="${p(at)}" x2="${p(at)}" y1="${p(low)}" y2="${p(high)}" />`;
  const label = text(at + 8, Math.max(TOP + 10, (low + high) / 2 + 4), `gap ${rough(height - bound)} (KL)`, "start", "var(--em-accent)");
  return from + gap + dot(at, low, "peak") + dot(at, high, "here") + label;
}

/** The log-likelihood's heights with some room: where the bound goes far below them it is cut off. @param {Float32Array} gain @returns {[number, number]} */
function reach(gain) {
  const finite = [...gain].filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const span = Math.max(most - least, 1e-12);
  return [least - 0.3 * span, most + 0.14 * span];
}

/** @param {Told} told @param {Axis} x @param {Axis} y */
function frame(told, x, y) {
  const parts = ticks(y.from, 5).map((value) => {
    const at = p(place(y, value));
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="var(--em-grid)"/>${text(LEFT - 6, at + 4, value ? signed(value) : "0", "end")}`;
  });
  for (const value of ticks(x.from, 6)) {
    if (told.logarithmic && !Number.isInteger(value)) continue;
    const at = p(place(x, value));
    parts.push(`<line x1="${at}" x2="${at}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM + 4}" stroke="var(--em-grid)"/>`);
    parts.push(text(at, HEIGHT - BOTTOM + 17, number(told.logarithmic ? Number(`1e${value}`) : value), "middle"));
  }
  parts.push(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 6, told.title, "middle"));
  parts.push(text(LEFT, TOP - 10, `${told.height}, over where the iteration began`, "start"));
  return parts.join("");
}

/** The gap between both curves, once there is a bound. @param {Axis} x @param {Axis} y @param {number[]} xs @param {Float32Array} gain @param {Float32Array} low @param {number} h */
function known(x, y, xs, gain, low, h) {
  if (h === 0) return "";
  const there = xs.map((_, i) => i).filter((i) => Number.isFinite(gain[i]) && Number.isFinite(low[i]));
  /** @param {Float32Array} values @param {number} i */
  const at = (values, i) => `${p(place(x, xs[i]))},${p(held(y, values[i]))}`;
  const outline = [...there.map((i) => at(gain, i)), ...there.reverse().map((i) => at(low, i))];
  return `<polygon points="${outline.join(" ")}" fill="var(--em-accent)" opacity="0.1"/>`;
}

/** @param {Axis} x @param {Axis} y @param {number[]} xs @param {Float32Array} values @param {string} colour @param {number} width */
function line(x, y, xs, values, colour, width) {
  let path = "";
  let down = false;
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(values[i])) down = false;
    else {
      path += `${down ? "L" : "M"}${p(place(x, xs[i]))},${p(held(y, values[i]))}`;
      down = true;
    }
  }
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linejoin="round"/>`;
}

/** A curve's name, on its left half, where it is in sight. @param {Axis} x @param {Axis} y @param {number[]} xs @param {Float32Array} values @param {string} words @param {string} colour @param {number} beside */
function name(x, y, xs, values, words, colour, beside) {
  const wanted = beside > 0 ? 0.72 : 0.2;
  const places = xs.map((_, i) => i).filter((i) => Number.isFinite(values[i]) && values[i] > y.from[0] && values[i] < y.from[1]);
  if (!places.length) return "";
  const i = places.reduce((best, j) => (Math.abs(j / xs.length - wanted) < Math.abs(best / xs.length - wanted) ? j : best));
  const anchor = i < xs.length / 2 ? "start" : "end";
  return text(place(x, xs[i]) + (anchor === "start" ? 6 : -6), place(y, values[i]) + beside, words, anchor, colour, 600);
}

/** @param {number} x @param {number} y @param {"here" | "before" | "peak"} kind */
const dot = (x, y, kind) => `<circle class="ex-${kind}" cx="${p(x)}" cy="${p(y)}" r="${kind === "here" ? 6 : 4}"/>`;

/** @param {number} x @param {string} words */
const post = (x, words) =>
  `<line x1="${p(x)}" x2="${p(x)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="var(--em-accent)" stroke-dasharray="4 4"/>${text(x + 5, TOP + 10, words, "start", "var(--em-accent)")}`;

/** @param {string} words */
const note = (words) => text(WIDTH / 2, HEIGHT / 2, words, "middle");

// --- the staircase --------------------------------------------------------------------------

/**
 * Bound and gap of the half-steps so far, a bar each, of the twelve among which we are.
 * @param {Told} told @param {number} h
 */
function staircase(told, h) {
  const first = Math.max(0, Math.floor((h - 1) / SHOWN)) * SHOWN;
  const last = Math.min(first + SHOWN, 2 * told.bounds.length);
  const all = Array.from({ length: last - first + 1 }, (_, i) => barAt(told, first + i));
  const values = all.flatMap(({ bound, height }) => (bound === null ? [height] : [bound, height]));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = most - least || Math.max(1, Math.abs(most)) * 1e-6;
  const y = axis([least - 0.25 * room, most + 0.08 * room], [STEPS - 24, 20]);
  const width = (WIDTH - LEFT - RIGHT) / (SHOWN + 1);
  const parts = ticks(y.from, 3).map((value) => {
    const at = p(place(y, value));
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="var(--em-grid)"/>${text(LEFT - 6, at + 4, number(value, room), "end")}`;
  });
  all.forEach(({ bound, height }, i) => {
    const half = first + i;
    if (half > h) return;
    const left = LEFT + i * width + 1;
    const [foot, top] = [place(y, y.from[0]), place(y, height)];
    const low = bound === null ? foot : place(y, bound);
    const now = half === h ? " ex-now" : "";
    if (bound === null) parts.push(`<rect class="ex-unbound${now}" x="${p(left)}" y="${p(top)}" width="${p(width - 2)}" height="${p(foot - top)}"/>`);
    else {
      parts.push(`<rect class="ex-bound${now}" x="${p(left)}" y="${p(low)}" width="${p(width - 2)}" height="${p(foot - low)}"/>`);
      parts.push(`<rect class="ex-opened${now}" x="${p(left)}" y="${p(top)}" width="${p(width - 2)}" height="${p(Math.max(0, low - top))}"/>`);
    }
    const letter = half ? phaseOf(half) : "·";
    parts.push(text(left + width / 2 - 1, STEPS - 12, letter, "middle", half === h ? "var(--em-ink)" : undefined, half === h ? 700 : 400));
    if (half % 2) parts.push(text(left + width - 1, STEPS - 1, String(iterationOf(half)), "middle"));
  });
  parts.push(text(LEFT, 10, `bound and gap, half-step by half-step: together the ${told.height}`, "start"));
  return parts.join("");
}

/** @param {Told} told @param {number} h @returns {{bound: number | null, height: number}} */
function barAt({ heights, bounds }, h) {
  if (h === 0) return { bound: null, height: heights[0] };
  return h % 2 ? { bound: heights[h >> 1], height: heights[h >> 1] } : { bound: bounds[(h >> 1) - 1], height: heights[h >> 1] };
}

// --- small things ---------------------------------------------------------------------------

/** @param {[number, number]} from @param {[number, number]} to @returns {Axis} */
const axis = (from, to) => ({ from, to });

/** @param {Axis} axis @param {number} value */
const place = ({ from, to }, value) => to[0] + ((value - from[0]) / (from[1] - from[0])) * (to[1] - to[0]);

/** On the axis, a little beyond its ends at most. @param {Axis} y @param {number} value */
const held = (y, value) => place(y, Math.max(y.from[0], Math.min(y.from[1], value)));

/** Pixels to a tenth. @param {number} pixels */
const p = (pixels) => Math.round(10 * pixels) / 10;

/** @param {number} x @param {number} y @param {string} words @param {string} anchor */
const text = (x, y, words, anchor, colour = "var(--em-muted)", weight = 400) =>
  `<text x="${p(x)}" y="${p(y)}" text-anchor="${anchor}" fill="${colour}" font-weight="${weight}">${escaped(words)}</text>`;

/** Units are outside text. @param {string} words */
const escaped = (words) => words.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** At most so many round numbers, 1, 2 or 5 times a power of ten apart. @param {[number, number]} from @param {number} most */
export function ticks([low, high], most) {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const distance = [1, 2, 5, 10].map((f) => f * power).find((f) => f >= rough * (1 - 1e-9)) || 10 * power;
  const [first, last] = [Math.ceil(low / distance - 1e-9), Math.floor(high / distance + 1e-9)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * distance).toPrecision(12)));
}
