// @ts-check
// The transport bar: buttons, scrubber, keys and play. It knows where the run is and where to go.

import { make, part } from "./elements.js";
import { logLikelihood, signed } from "./numbers.js";
import { endingOf, logLikelihoodAt, phaseOf } from "./run.js";
import { foretoldText, placeText } from "./words.js";

/** @typedef {import("./run.js").Run} Run */

const PLAY_INTERVAL = 700;
const PLAY_AT_MOST = 20000;
/** Where keys belong to what has the focus. */
export const TYPING =
  "input:not(.em-scrubber), textarea, select, [contenteditable=true], [role=slider], [role=radio], [role=tab], " +
  "[role=combobox], [role=listbox], [role=spinbutton], [role=grid], [role=dialog], [role=menu], canvas, iframe";
const PRESSABLE = "button, a, summary, [role=button], [role=checkbox], [role=switch], input:not(.em-scrubber)";

/** What a presenter's remote control sends. */
const CLICKER = { PageDown: "next", PageUp: "back" };

const PLAY_SHAPE = "M4 2.5 13 8l-9 5.5z";
const PAUSE_SHAPE = "M4 3h2.6v10H4zM9.4 3H12v10H9.4z";

/**
 * Where each action leads from half-step h of a run that ends at `last`.
 * @type {Record<string, (h: number, last: number) => number>}
 */
const DESTINATIONS = {
  start: () => 0,
  back: (h) => h - 1,
  next: (h) => h + 1,
  iterate: (h) => 2 * ((h >> 1) + 1),
  uniterate: (h) => 2 * (((h + 1) >> 1) - 1),
  ten: (h) => 2 * ((h >> 1) + 10),
  run: (_, last) => last,
};

export class Transport {
  /**
   * @param {HTMLElement} root
   * @param {(h: number, held: boolean) => void} go moves the run; `held` when steps come faster than a glide
   */
  constructor(root, go) {
    this.root = root;
    this.goTo = go;
    this.h = 0;
    this.last = 0;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.timer = undefined;
    this.bar = part(root, ".em-bar");
    this.scrubber = part(root, ".em-scrubber");
    this.bar.addEventListener("click", (/** @type {any} */ event) => {
      const button = event.target.closest("[data-act]");
      if (button) this.act(button.dataset.act);
    });
    this.scrubber.addEventListener("input", () => this.go(Number(this.scrubber.value), true));
    this.onKey = (/** @type {KeyboardEvent} */ event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.onPointer = (/** @type {any} */ event) => event.target.closest(".em-keys") || this.closeHelp();
    document.addEventListener("pointerdown", this.onPointer);
  }

  close() {
    this.pause();
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("pointerdown", this.onPointer);
  }

  closeHelp() {
    part(this.bar, ".em-keys").open = false;
  }

  /** @param {string} name */
  act(name, held = false) {
    if (name === "play") return this.timer ? this.pause() : this.play();
    this.go(DESTINATIONS[name](this.h, this.last), held);
  }

  /** @param {number} h */
  go(h, held = false, playing = false) {
    if (!playing) this.pause();
    const within = Math.max(0, Math.min(this.last, h));
    if (within !== this.h) this.goTo(within, held);
  }

  play() {
    if (this.h >= this.last) this.goTo(0, true);
    const interval = Math.max(40, Math.min(PLAY_INTERVAL, PLAY_AT_MOST / (this.last - this.h)));
    const step = () => {
      this.go(this.h + 1, interval < 150, true);
      if (this.h >= this.last) this.pause();
    };
    this.timer = setInterval(step, interval);
    step();
    this.showPlaying();
  }

  pause() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.showPlaying();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") this.closeHelp();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {Element} */ (event.target);
    if (!this.root.offsetParent || target.closest?.(TYPING)) return;
    if (event.key === " " && target.closest?.(PRESSABLE)) return;
    const action = {
      ArrowRight: event.shiftKey ? "iterate" : "next",
      ArrowLeft: event.shiftKey ? "uniterate" : "back",
      Home: "start",
      End: "run",
      " ": "play",
      ...(this.root.dataset.form === "presented" ? CLICKER : {}),
    }[event.key];
    if (!action) return;
    event.preventDefault();
    this.act(action, event.repeat);
  }

  /** Half-step h of the run: labels, what is possible, the read-out. @param {Run} run @param {number} h */
  show(run, h) {
    this.h = h;
    this.last = run.last;
    this.scrubber.disabled = false;
    this.scrubber.max = run.last;
    this.scrubber.value = h;
    this.scrubber.setAttribute("aria-valuetext", placeText(h));
    const atEnd = h >= run.last;
    for (const button of this.bar.querySelectorAll("[data-act]")) {
      const backward = ["start", "back"].includes(button.dataset.act);
      button.disabled = button.dataset.act === "play" ? run.last === 0 : backward ? h === 0 : atEnd;
    }
    const next = part(this.bar, ".em-next");
    const step = h % 2 ? "M-step" : "E-step";
    part(next, "span").textContent = atEnd ? endingOf(run).title : step;
    next.title = h % 2 ? "Move the curves to the points they own (→)" : "Share out the points (→)";
    this.readout(run, h);
  }

  /** @param {Run} run @param {number} h */
  readout(run, h) {
    part(this.bar, ".em-place").textContent = placeText(h);
    part(this.bar, ".em-outcome").textContent = h >= run.last ? endingOf(run).words : "";
    const value = logLikelihoodAt(run, h);
    const parts = [make("i", ""), make("b", "")];
    parts[0].textContent = "log-likelihood ";
    parts[1].textContent = logLikelihood(value);
    if (phaseOf(h) === "M") {
      parts.push(make("i", ""));
      parts[2].textContent = ` ${signed(value - logLikelihoodAt(run, h - 1))}`;
      parts[2].title = "Gained by this iteration";
    }
    part(this.bar, ".em-likelihood").replaceChildren(...parts);
  }

  /**
   * What is in the hand: its log-likelihood, and where it would end; beside that, where the run ends
   * that it would take the place of.
   * @param {import("./ahead.js").Ahead | null} ahead @param {Run} run @param {number} n observations
   */
  foretell(ahead, run, n) {
    const likelihood = part(this.bar, ".em-likelihood");
    for (const gain of [...likelihood.children].slice(2)) gain.remove();
    part(likelihood, "b").textContent = ahead ? logLikelihood(ahead.logLikelihoods[0]) : "…";
    const [before, changed, after] = ahead ? foretoldText(ahead, run, n) : ["", "", ""];
    const stressed = make("b", "");
    stressed.textContent = changed;
    part(this.root, ".em-ahead").replaceChildren(...(ahead ? [before, stressed, after] : []));
  }

  hush() {
    part(this.root, ".em-ahead").replaceChildren();
  }

  showPlaying() {
    const button = part(this.bar, ".em-play");
    button.setAttribute("aria-label", this.timer ? "Pause" : "Play");
    part(button, "span").textContent = this.timer ? "Pause" : "Play";
    part(button, "path").setAttribute("d", this.timer ? PAUSE_SHAPE : PLAY_SHAPE);
  }

  /** @param {string} sentence */
  say(sentence) {
    part(this.bar, ".em-status").textContent = sentence;
  }
}
