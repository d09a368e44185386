// The page's places for words that follow the cursor, and what is to be written in them.
//
// The server is told which of them are out of sight, and leaves their words out. Such a place keeps what
// it has, hidden, until it comes into sight or the cursor has rested for long: then it asks.

import { letPick } from "./picking.js";
import { regain } from "./unfold.js";

/** Milliseconds of rest after which all is written, for whoever searches the page or prints it. */
const LONG_REST = 4000;
const places = document.getElementsByClassName("ex-words");
/** Texts by the names of their places, the long ones by themselves (long_words.js); and `away`, the names
 * of those that were left out. */
const written = Object.assign((window.emWords ??= { long: {} }), { short: {}, away: [], choose() {}, look() {}, write });

const sight = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) target.outOfSight = !isIntersecting;
    const late = changes.some((change) => change.isIntersecting && isAway(change.target));
    if (late) written.look(outOfSight());
  },
  { rootMargin: "25% 0%", scrollMargin: "25% 0%" },
);

const nameOfPlace = (place) => place.dataset.words;
const isAway = (place) => written.away.includes(nameOfPlace(place));

/** The names of the places that are out of sight. */
export const outOfSight = () => [...places].filter((place) => place.outOfSight).map(nameOfPlace);

export function write(anew = {}) {
  Object.assign(written, anew);
  if (anew.away) askAfterRest();
  for (const place of places) {
    sight.observe(place);
    place.classList.toggle("ex-away", isAway(place));
    const text = written.short[nameOfPlace(place)] ?? written.long[nameOfPlace(place)] ?? "";
    if (isAway(place) || place.written === text) continue;
    place.written = text;
    place.innerHTML = text;
    letPick(place, (mark) => written.choose(mark));
  }
  regain();
}

function askAfterRest() {
  clearTimeout(written.resting);
  if (written.away.length) written.resting = setTimeout(() => written.look([]), LONG_REST);
}
