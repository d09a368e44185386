// @ts-check
// The sidebar's sliders while a pointer moves them: Streamlit tells Python once they are let go.

/** The class of a slider's container, by the key explorer/app/sidebar.py gives it. */
const KEY = /st-key-([a-z]+)(\d?)-(\d+)-slider/;
const HOLDER = '[class*="-slider"]';

/**
 * @typedef {{quantity: string, axis: number, k: number, value: number}} Slid a parameter and its new value
 * @typedef {{moved: (slid: Slid) => void, released: () => void}} Listener
 */

/** @param {Element} element @returns {Slid | null} */
function slidBy(element) {
  const input = /** @type {HTMLInputElement | null} */ (element.querySelector("input[type=range], [role=slider]"));
  const key = KEY.exec(element.className);
  if (!input || !key) return null;
  const value = Number(input.getAttribute("aria-valuenow") ?? input.value);
  return { quantity: key[1], axis: Number(key[2]), k: Number(key[3]) - 1, value };
}

export class Sliders {
  /** @param {Listener} listener */
  constructor(listener) {
    /** @type {Element | null} the container of the slider under the pointer */
    this.held = null;
    this.observer = new MutationObserver(() => {
      const slid = this.held && slidBy(this.held);
      if (slid) listener.moved(slid);
    });
    this.onDown = (/** @type {PointerEvent} */ event) => {
      const holder = /** @type {Element} */ (event.target).closest?.(HOLDER);
      if (!holder || !slidBy(holder)) return;
      this.held = holder;
      this.observer.observe(holder, { subtree: true, attributes: true });
    };
    this.onUp = () => {
      if (!this.held) return;
      this.held = null;
      this.observer.disconnect();
      listener.released();
    };
    document.addEventListener("pointerdown", this.onDown, true);
    window.addEventListener("pointerup", this.onUp, true);
    window.addEventListener("pointercancel", this.onUp, true);
  }

  close() {
    this.observer.disconnect();
    document.removeEventListener("pointerdown", this.onDown, true);
    window.removeEventListener("pointerup", this.onUp, true);
    window.removeEventListener("pointercancel", this.onUp, true);
  }
}
