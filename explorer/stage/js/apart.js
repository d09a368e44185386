// @ts-check
// A message of the page's own keeps away from a press beside it: where the two come within a few
// milliseconds, Streamlit may take up the second without having heard the first.

const MILLISECONDS = 150;
const presses = ((/** @type {any} */ (window)).emPresses ??= heard());
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;

/** @returns {{last: number}} when something outside the stage was pressed last */
function heard() {
  const presses = { last: -Infinity };
  const press = (/** @type {Event} */ { target }) => {
    if (target instanceof Element && target.closest("button, input, label, a") && !target.closest(".em-stage"))
      presses.last = performance.now();
  };
  for (const kind of ["click", "keydown"]) document.addEventListener(kind, press, { capture: true });
  return presses;
}

/** Send this, at once or a moment later; of two that have to wait the last one. @param {() => void} send */
export function keepApart(send) {
  clearTimeout(waiting);
  const early = presses.last + MILLISECONDS - performance.now();
  if (early > 0) waiting = setTimeout(keepApart, early, send);
  else send();
}
