// @ts-check
// The stage before Python is there: what the address stands for, stepped, changed and written back
// into the address here, until the app takes over.

import { announce } from "../../../stage/js/cursor.js";
import { part } from "../../../stage/js/elements.js";
import { mount } from "../../../stage/js/stage.js";
import { readLink, writeLink } from "./link.js";
import { edited, problemOf, saidOf } from "./problem.js";
import { payloadOf, placed } from "./told.js";

/** @typedef {import("../../../stage/js/messages.js").Cursor} Cursor */
/** @typedef {import("../../../stage/js/messages.js").Edit} Edit */
/** @typedef {import("../../../stage/js/payload.js").Payload} Payload */
/** @typedef {import("./link.js").Said} Said */
/** @typedef {import("./prepared.js").Prepared} Prepared */
/** @typedef {import("./problem.js").Problem} Problem */

const framed = window.top !== window;
/** As explorer/app/visit.js has it, which begins later: what this page was opened with. */
const visit = /** @type {any} */ (window).emVisit ??= { opened: location.search };
const NOTE = `em-visit ${location.pathname} ${framed ? visit.opened : ""} note`;

/** @param {string} search @param {Prepared} prepared @returns {Promise<{said: Said, problem: Problem}>} LeftToPython for what cannot be shown here */
export async function opened(search, prepared) {
  const said = await readLink(search, prepared.fields, prepared.limits);
  return { said, problem: problemOf(said, prepared) };
}

/** @param {Problem} before @param {Problem} after @param {Said} said @param {Prepared} prepared */
export function saidAfter(before, after, said, prepared) {
  return saidOf(said, after, prepared, { moved: after.start !== before.start, own: after.data !== before.data });
}

export class Front {
  /** @param {HTMLElement} root holds the stage's markup @param {Prepared} prepared @param {{said: Said, problem: Problem}} opened @param {(words: string) => void} refuse */
  constructor(root, prepared, { said, problem }, refuse) {
    this.root = root;
    this.prepared = prepared;
    this.said = said;
    this.problem = problem;
    this.refuse = refuse;
    /** Whether changes are still taken. */
    this.open = true;
    /** Whether the app will begin with its tour, as it does without a link. */
    this.touring = !visit.opened;
    /** What the address shall say once Python has read it without that. @type {string | null} */
    this.unwritten = null;
    this.unread = true;
    /** Whether the problem was changed since Python was told of the address. */
    this.changed = false;
    /** @type {string | null} what the app's own stage calls its run */
    this.runOfApp = null;
    /** @type {Payload | null} */
    this.told = null;
    /** @type {Promise<unknown>} edits and cursors are taken one after the other */
    this.work = Promise.resolve();
    window.addEventListener("em-cursor", this.hear);
  }

  hear = (/** @type {any} */ { detail }) => {
    if (detail.run !== this.told?.run.id) this.runOfApp = detail.run;
    else this.tour(detail.h);
  };

  /** What the tour says there. @param {number} h */
  tour(h) {
    this.root.classList.toggle("touring", this.touring);
    if (!this.touring || !this.told) return;
    const { tour } = this.prepared;
    const iterations = atob(this.told.run.lowerBounds).length / Float64Array.BYTES_PER_ELEMENT;
    const at = h >= 2 * iterations ? tour.length - 1 : Math.min(h, tour.length - 2);
    part(this.root, ".tour b").textContent = `${at + 1} of ${tour.length}`;
    part(this.root, ".tour span").innerHTML = tour[at];
  }

  async show() {
    const same = this.told && this.shown?.data === this.problem.data;
    const sameRun = same && this.shown?.start === this.problem.start;
    const view = placed(this.problem, this.prepared);
    this.told = sameRun && this.told ? { ...this.told, ...view } : { ...(await payloadOf(this.problem, this.prepared, same ? this.told : null)), view: view.view };
    this.shown = this.problem;
    this.leave = mount({
      data: this.told,
      parentElement: this.root,
      setStateValue: (_, cursor) => this.after(() => this.follow(/** @type {Cursor} */ (cursor))),
      setTriggerValue: (_, edit) => this.after(() => this.edit(/** @type {Edit} */ (edit))),
    });
  }

  /** @param {() => Promise<void>} act */
  after(act) {
    this.work = this.work.then(act).catch((error) => console.error(error));
  }

  /** @param {Cursor} cursor */
  async follow({ run, half_step, query }) {
    if (run !== this.told?.run.id) return;
    const { display } = this.problem;
    const h = this.isBeyond ? this.problem.h : half_step;
    await this.take({ ...this.problem, h, display: { ...display, query_at: query ?? display.query_at } });
  }

  /** @param {Edit} edit */
  async edit(edit) {
    if (!this.open) return;
    const next = edited(this.problem, edit, this.prepared);
    const changes = next !== null && (next.start !== this.problem.start || next.data !== this.problem.data);
    if (next && (await this.take(next))) this.changed ||= changes;
    else {
      this.told = null; // so that what is in the hand goes back
      this.refuse("That takes Python, which is on its way.");
    }
    await this.show();
  }

  /** The problem from now on, where the address can say it. @param {Problem} next */
  async take(next) {
    const said = saidAfter(this.problem, next, this.said, this.prepared);
    const query = await writeLink(said, this.prepared.fields, this.prepared.limits);
    if (!query && Object.keys(said.values).length) return false;
    const onlyMoved = next.start === this.problem.start && next.data === this.problem.data;
    [this.problem, this.said] = [next, said];
    this.touring &&= onlyMoved;
    this.unwritten = this.touring && this.unread ? query : null;
    if (this.unwritten === null) write(query, onlyMoved);
    return true;
  }

  /** Python is told of an address. @param {string} message the address is in it */
  read(message) {
    if (message.includes(location.search.slice(1))) this.changed = false;
    this.unread = false;
    if (this.unwritten !== null) write(this.unwritten, true);
    this.unwritten = null;
  }

  /** What the app has to be told before it takes over, or null; from now on nothing is changed here. */
  hand() {
    this.open = false;
    part(this.root, ".em-main .em-overlay").inert = true;
    return this.changed ? { address: location.search } : null;
  }

  /** Whether the stage waits at the end of what is run here for a half-step that comes with Python. */
  get isBeyond() {
    const { value, max } = part(this.root, ".em-scrubber");
    return this.told?.run.outcome === "running" && value === max && this.problem.h > Number(max);
  }

  /** Put the app's stage where this one is, playing if this one plays. @param {Element} stage */
  passTo(stage) {
    const [own, other] = [part(this.root, ".em-scrubber"), part(stage, ".em-scrubber")];
    const playing = part(this.root, ".em-play").getAttribute("aria-label") === "Pause";
    const focused = /** @type {HTMLElement | null} */ (document.activeElement?.closest("#front .em-stage [data-act]"));
    const moved = other.value !== own.value && !this.isBeyond;
    if (moved) other.value = own.value;
    if (moved) other.dispatchEvent(new Event("input", { bubbles: true }));
    if (playing) part(stage, ".em-play").click();
    if (this.runOfApp) announce({ run: this.runOfApp, h: Number(other.value) });
    return () => focused && /** @type {HTMLElement | null} */ (stage.querySelector(`[data-act=${focused.dataset.act}]`))?.focus();
  }

  close() {
    window.removeEventListener("em-cursor", this.hear);
    this.leave?.();
  }
}

/**
 * The address, and with it the note by which a tab knows its visit again (explorer/app/visit.js): it
 * stands for the same problem, though not for one that was changed here.
 * @param {string} query @param {boolean} sameProblem
 */
function write(query, sameProblem) {
  const before = location.search;
  history.replaceState(history.state, "", location.pathname + (query && `?${query}`) + location.hash);
  try {
    const note = JSON.parse(sessionStorage.getItem(NOTE) ?? "null");
    if (sameProblem && note?.search === before) sessionStorage.setItem(NOTE, JSON.stringify({ ...note, search: location.search }));
  } catch {
    // Without a store there is no note.
  }
}
