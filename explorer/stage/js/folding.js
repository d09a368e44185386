// @ts-check
// What folds away by itself in the sidebar: all of it on a low screen, such as a phone's held
// sideways (Streamlit folds it by the width alone), and the start values while a run is looked at.

import { follow } from "./cursor.js";

// Newer Streamlits say data-collapsed, older ones aria-expanded.
const SIDEBAR = '[data-testid="stSidebar"]:not([data-collapsed="true"], [aria-expanded="false"])';
const LOW = "(max-height: 500px) and (max-width: 1000px)";
const START = ".st-key-start-values details";

let begun = false;
/** @type {boolean | null} null before anything is known: then they are as Python has drawn them */
let atStart = null;
/** Whether they were open when the run left its start. */
let folded = false;

export default function folding() {
  if (begun) return;
  begun = true;
  if (matchMedia(LOW).matches) {
    /** @type {HTMLElement | null | undefined} */
    const button = document.querySelector(SIDEBAR)?.querySelector('[data-testid="stSidebarCollapseButton"] button');
    button?.click();
  }
  follow(({ h }) => {
    const was = atStart;
    atStart = h === 0;
    if (was === atStart) return;
    if (was === null) folded = !atStart;
    else {
      if (!atStart) folded = isOpen();
      if (folded && isOpen() !== atStart) summary()?.click();
    }
  });
}

const isOpen = () => Boolean(document.querySelector(`${START}[open]`));

/** @returns {HTMLElement | null} */
const summary = () => document.querySelector(`${START} > summary`);
