// @ts-check
// What Python sends: a JSON text in UTF-8, the same bytes for as long as nothing in it changed.

/** @typedef {import("./run.js").Quantity} Quantity */
/** @typedef {{ink: string, muted: string, grid: string, neutral: string, surface: string,
 *   components: string[], washes: string[], ghosts: string[], on_components: string[]}} Palette */
/** @typedef {{layout: any, caption: string}} ChartPayload */
/** @typedef {import("./em.js").Outcome} Outcome */
/** How each ending is called on a button and in words. @typedef {Record<string, {title: string, words: string}>} Endings */
/** Word and unit. @typedef {[string, string]} Title */
/** @typedef {{K: number, d: number, w: number[], m: number[], c: number[]}} MixturePayload */

/**
 * Numbers are base64 of little-endian doubles, those of the run deflated.
 * @typedef {{
 *   library: "page" | "static",
 *   palette: {light: Palette, dark: Palette},
 *   run: {id: string, dataId: string, K: number, d: number, options: import("./em.js").Options,
 *     outcome: Outcome, endings: Endings, parameters: string, logLikelihoods: string, lowerBounds: string},
 *   seen: [number, number] | null,
 *   points: {n: number, spread: number[], values: string, rows: number[] | null, dots: number[],
 *     counts: number[] | null, levels: number[], columns: number[],
 *     bins: {edges: number[], density: number[]} | null},
 *   truth: MixturePayload | null,
 *   pinned: (MixturePayload & {logLikelihood: number}) | null,
 *   charts: {
 *     main: ChartPayload & {hints: {start: string, later: string}},
 *     shares: ChartPayload,
 *     trajectory: ChartPayload & {narrow: any, titles: Title[], panels: [Quantity, number][]},
 *   },
 *   place: {halfStep: number, nonce: number},
 *   view: {point: {index: number, value: number[]} | null, component: number, query: number | null,
 *     posterior: boolean, editable: boolean, plays: boolean, labels: string[], form: "page" | "embedded" | "presented"},
 * }} Payload
 */

/** @type {{bytes: Uint8Array | null, payload: Payload | null}} */
const last = { bytes: null, payload: null };

/** @param {Uint8Array | Payload} data @returns {Payload} */
export function readPayload(data) {
  if (!(data instanceof Uint8Array)) return data;
  if (!last.payload || !last.bytes || !equal(last.bytes, data)) {
    last.payload = JSON.parse(new TextDecoder().decode(data));
    last.bytes = data.slice();
  }
  return /** @type {Payload} */ (last.payload);
}

/** @param {Uint8Array} one @param {Uint8Array} other */
function equal(one, other) {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
