// @ts-check
// Buttons that save the pictures drawn as SVG on the page, or add them to a notebook: in the colours
// of the light theme, on white, without what only the pointer brings to light.

import { make, part } from "./elements.js";
import { rastered, save } from "./files.js";

/**
 * within: selects what the pictures are in; notebook: one (.ipynb) that they can be added to.
 * @typedef {{stem: string, within: string, dpi: number, scale: number, notebook: string | null}} Order
 */

const PAINT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "text-anchor"];
/** A notebook is looked at on a screen. */
const NOTEBOOK_DPI = 144;
const FAMILY = "Helvetica, Arial, sans-serif";

/** @param {{data: Order, parentElement: HTMLElement}} component */
export default function figures({ data, parentElement }) {
  const buttons = ["PNG", "SVG"].map((format) => {
    const button = make("button", "", { type: "button", "aria-label": `Pictures as ${format}` });
    button.textContent = format;
    button.addEventListener("click", () => taken(data, format));
    return button;
  });
  if (data.notebook) {
    const title = "The run as a notebook, from start to end, with this picture below it";
    const button = make("button", "", { type: "button", title });
    button.textContent = "Notebook";
    button.addEventListener("click", () => writtenDown(data));
    buttons.push(button);
  }
  part(parentElement, ".em-pictures").replaceChildren(...buttons);
}

/** @param {string} within @returns {SVGSVGElement[]} */
const shownIn = (within) => [.../** @type {NodeListOf<SVGSVGElement>} */ (document.querySelectorAll(`${within} svg.ex-picture`))];

/** @param {Order} order */
async function writtenDown({ stem, within, scale, notebook }) {
  const written = JSON.parse(/** @type {string} */ (notebook));
  const lead = document.querySelector(`${within} .ex-lead`)?.textContent ?? "";
  /** @type {Record<string, Record<string, string>>} */
  const attachments = {};
  const lines = [`## A picture of it\n\n${lead}`];
  for (const [i, picture] of shownIn(within).entries()) {
    const name = `picture-${i + 1}.png`;
    attachments[name] = { "image/png": await base64(await rastered(portable(picture, scale), NOTEBOOK_DPI)) };
    lines.push(`![${picture.getAttribute("aria-label") ?? ""}](attachment:${name})`);
  }
  written.cells.push({ cell_type: "markdown", id: "picture", metadata: {}, attachments, source: lines.join("\n\n") });
  save(new Blob([`${JSON.stringify(written, null, 1)}\n`], { type: "application/x-ipynb+json" }), `${stem}.ipynb`);
}

/** @param {Order} order @param {string} format */
async function taken({ stem, within, dpi, scale }, format) {
  const shown = shownIn(within);
  for (const [i, picture] of shown.entries()) {
    const svg = portable(picture, scale);
    const file = format === "SVG" ? new Blob([svg], { type: "image/svg+xml" }) : await rastered(svg, dpi);
    save(file, `${stem}${shown.length > 1 ? `-${i + 1}` : ""}.${format.toLowerCase()}`);
  }
}

/** The picture as text that needs no style sheet. @param {SVGSVGElement} picture @param {number} scale */
export function portable(picture, scale) {
  const frame = make("div", picture.closest(".ex-ascent, .ex-plane, .ex-gallery")?.className ?? "");
  frame.style.cssText = "position:fixed;left:-10000px;top:0;width:480px;color-scheme:light";
  const copy = /** @type {SVGSVGElement} */ (picture.cloneNode(true));
  for (const hidden of copy.querySelectorAll("[data-ghost]:not(.ex-seen), foreignObject, .ex-cell, .ex-height")) hidden.remove();
  frame.append(copy);
  /** @type {Element} */ (document.querySelector(".stApp") ?? document.body).append(frame);
  for (const element of copy.querySelectorAll("*")) {
    const seen = getComputedStyle(element);
    const style = PAINT.map((name) => `${name}:${seen.getPropertyValue(name)}`).join(";");
    element.removeAttribute("class");
    element.setAttribute("style", style);
  }
  frame.remove();
  const [, , width, height] = (copy.getAttribute("viewBox") ?? "0 0 480 320").split(" ").map(Number);
  for (const [name, value] of Object.entries({ width: width * scale, height: height * scale, "font-family": FAMILY, "font-size": 12 })) {
    copy.setAttribute(name, String(value));
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.insertAdjacentHTML("afterbegin", `<rect width="${width}" height="${height}" fill="#ffffff"/>`);
  return new XMLSerializer().serializeToString(copy);
}
