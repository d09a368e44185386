// @ts-check
// Small pieces of the page.

/** @param {string} tag @param {string} className @param {Record<string, string>} [attributes] */
export function make(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** The element that matches, which is there. @param {ParentNode} root @param {string} selector @returns {any} */
export const part = (root, selector) => root.querySelector(selector);

/** @param {HTMLElement} element @param {number} x @param {number} y */
export const moveTo = (element, x, y) => (element.style.transform = `translate(${x}px, ${y}px)`);

/** A component's number on its colour. @param {number} k */
export function badgeDot(k) {
  const dot = make("span", "em-dot");
  dot.style.cssText = `color:var(--em-on-c${k + 1});background:var(--em-c${k + 1})`;
  dot.textContent = String(k + 1);
  return dot;
}
