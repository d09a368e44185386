// The page's places for words that follow the cursor, and what is to be written in them.

import { letPick } from "./picking.js";
import { regain } from "./unfold.js";

const places = document.getElementsByClassName("ex-words");
/** Texts by the names of their places; the long ones come by themselves (long_words.js). */
const written = Object.assign((window.emWords ??= { long: {} }), { short: {}, choose: () => {}, write });

export function write(anew = {}) {
  Object.assign(written, anew);
  for (const place of places) {
    const { words } = place.dataset;
    const text = written.short[words] ?? written.long[words] ?? "";
    if (place.written === text) continue;
    place.written = text;
    place.innerHTML = text;
    letPick(place, written.choose);
  }
  regain();
}
