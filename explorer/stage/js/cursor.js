// @ts-check
// Where the stage stands, told to whatever else on the page follows it without the server.

/** @typedef {{run: string, h: number}} Where */

const EVENT = "em-cursor";

/** @param {Where} where */
export function announce(where) {
  /** @type {any} */ (window).emCursor = where;
  window.dispatchEvent(new CustomEvent(EVENT, { detail: where }));
}

/** Hear of it, at once and from now on; calling what this returns ends it. @param {(where: Where) => void} hear */
export function follow(hear) {
  /** @param {Event} event */
  const listener = (event) => hear(/** @type {CustomEvent} */ (event).detail);
  window.addEventListener(EVENT, listener);
  const { emCursor } = /** @type {any} */ (window);
  if (emCursor) hear(emCursor);
  return () => window.removeEventListener(EVENT, listener);
}
