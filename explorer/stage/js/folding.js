// @ts-check
// What folds away by itself in the sidebar: all of it on a low screen, such as a phone's held
// sideways (Streamlit folds it by the width alone), and on a narrow one, which it covers, once a
// dialog has brought other data; and the start values while a run is looked at.

import { follow } from "./cursor.js";

// Newer Streamlits say data-collapsed, older ones aria-expanded.
const SIDEBAR = '[data-testid="stSidebar"]:not([data-collapsed="true"], [aria-expanded="false"])';
const LOW = "(max-height: 500px) and (max-width: 1000px)";
const NARROW = "(max-width: 768px)";
const START = ".st-key-start-values details";

let begun = false;
/** @type {boolean | null} null before anything is known: then they are as Python has drawn them */
let atStart = null;
/** @type {string | null} */
let run = null;
/** Whether what was pressed last was in a dialog. */
let inDialog = false;
/** Whether they were open when the run left its start. */
let folded = false;

export default function folding() {
  if (begun) return;
  begun = true;
  if (matchMedia(LOW).matches) foldSidebar();
  const pressed = (/** @type {Event} */ { target }) => (inDialog = Boolean(/** @type {Element} */ (target).closest?.("[role=dialog]")));
  document.addEventListener("pointerdown", pressed, true);
  follow((where) => {
    if (run !== null && run !== where.run && inDialog && matchMedia(NARROW).matches) foldSidebar();
    run = where.run;
    foldStart(where.h === 0);
  });
}

function foldSidebar() {
  /** @type {HTMLElement | null | undefined} */
  const button = document.querySelector(SIDEBAR)?.querySelector('[data-testid="stSidebarCollapseButton"] button');
  button?.click();
}

/** @param {boolean} now whether the run is at its start */
function foldStart(now) {
  const was = atStart;
  atStart = now;
  if (was === now) return;
  if (was === null) folded = !now;
  else {
    if (!now) folded = isOpen();
    if (folded && isOpen() !== now) summary()?.click();
  }
}

const isOpen = () => Boolean(document.querySelector(`${START}[open]`));

/** @returns {HTMLElement | null} */
const summary = () => document.querySelector(`${START} > summary`);
