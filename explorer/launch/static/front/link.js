// @ts-check
// What an address says, read and written without Python. The table of fields is that of
// explorer/io/fields.py, which prepared.py hands over: names, kinds and limits are said there alone.

/**
 * A value as a session file has it: numbers, words, lists of them.
 * @typedef {number | string | number[] | string[] | number[][]} Plain
 * @typedef {{is: "whole" | "real" | "numbers" | "members" | "words" | "names" | "two" | "choice" | "other", low: number, high: number,
 *   first: number, limit: number, words: Record<string, unknown>}} Kind
 * @typedef {{part: string, name: string, kind: Kind, moves: boolean}} Field
 * @typedef {Record<string, Field>} Fields
 */

/** The values by their fields' names, and what else stands in the address. @typedef {{values: Record<string, Plain>, others: [string, string][]}} Said */

/** What the front leaves to Python, which says what is wrong or draws what takes NumPy. */
export class LeftToPython extends Error {}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const [ROWS, ITEMS] = ["~", ","];

/** @param {string} search @param {Fields} fields @param {{link: number, unpacked: number, missing: string}} limits @returns {Promise<Said>} */
export async function readLink(search, fields, limits) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  /** @type {[string, string][]} */
  const others = [];
  for (const [name, text] of new URLSearchParams(search)) {
    const known = name.toLowerCase();
    if (known in fields || ["v", "c", "z", limits.missing].includes(known)) texts.set(known, text);
    else others.push([name, text]);
  }
  if (texts.has(limits.missing)) throw new LeftToPython("missing");
  if ([...texts.values()].reduce((sum, text) => sum + text.length, 0) > limits.link) throw new LeftToPython("length");
  if ((texts.get("v") ?? "1") !== "1") throw new LeftToPython("version");
  const values = texts.has("z") ? await inflatedValues(texts.get("z") ?? "", fields, limits.unpacked) : {};
  for (const [name, text] of texts) if (name in fields) values[name] = checked(parsed(text, fields[name].kind), fields[name].kind);
  return { values, others };
}

/** The address of these values, packed where they are many; "" where even that is too long. @param {Said} said @param {Fields} fields @param {{link: number, written: number}} limits */
export async function writeLink({ values, others }, fields, limits) {
  const names = Object.keys(values);
  const pairs = names.map((name) => [name, textOf(values[name], fields[name].kind)]);
  let own = names.length ? [["v", "1"], ...pairs] : [];
  if (queryOf(own).length > limits.written) {
    const kept = Object.fromEntries(names.filter((name) => !fields[name].moves).map((name) => [name, values[name]]));
    own = [["v", "1"], ["z", await deflatedValues(kept)], ...pairs.filter(([name]) => fields[name].moves)];
  }
  const query = queryOf([...others, ...own]);
  return query.length > limits.link ? "" : query;
}

/** @param {string[][]} pairs */
const queryOf = (pairs) =>
  pairs.map(([name, text]) => `${name}=${encodeURIComponent(text).replaceAll("%2C", ",").replaceAll("%7E", "~")}`).join("&");

/** @param {string} text @param {Kind} kind @returns {Plain} */
function parsed(text, kind) {
  if (kind.is === "whole") return /^\d{1,20}$/.test(text) ? Number(text) : refused();
  if (kind.is === "real") return numberIn(text);
  if (kind.is === "members" || kind.is === "two") return text ? text.split(ITEMS).map((item) => (/^\d{1,3}$/.test(item) ? Number(item) : refused())) : [];
  if (kind.is === "numbers") {
    const rows = text.split(ROWS).map((row) => row.split(ITEMS).map(numberIn));
    return text.includes(ROWS) ? rows : rows[0];
  }
  if (kind.is === "names") return listIn(text);
  if (kind.is === "choice") return Object.keys(kind.words).find((word) => inLink(word) === inLink(text)) ?? refused();
  return kind.is === "words" ? text : refused();
}

/** @param {unknown} value as a link or its packed part has it @param {Kind} kind @returns {Plain} */
function checked(value, kind) {
  const within = (/** @type {number} */ number) => number >= kind.low && number <= kind.high;
  const all = (/** @type {string} */ sort, least = 0) => Array.isArray(value) && value.length >= least && value.length <= kind.limit && value.every((item) => typeof item === sort);
  const fine = {
    whole: () => Number.isInteger(value) && within(Number(value)),
    real: () => typeof value === "number" && within(value),
    members: () => Array.isArray(value) && new Set(value).size === value.length && value.every((k) => Number.isInteger(k) && k >= 1 && k <= kind.limit),
    numbers: () => Array.isArray(value) && value.length > 0 && value.flat(2).length <= kind.limit && value.flat(2).every(Number.isFinite),
    words: () => typeof value === "string",
    names: () => all("string", 1),
    two: () => all("number") && new Set(/** @type {number[]} */ (value)).size === 2 && /** @type {number[]} */ (value).length === 2 && /** @type {number[]} */ (value).every((column) => Number.isInteger(column) && column >= 1 && column <= kind.limit),
    choice: () => typeof value === "string" && Object.hasOwn(kind.words, value),
    other: () => false,
  }[kind.is];
  return fine() ? /** @type {Plain} */ (value) : refused();
}

/** @param {string} text @returns {any} */
function listIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    refused();
  }
}

/** @param {string} text */
function numberIn(text) {
  const value = NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : refused();
}

/** @returns {never} */
function refused() {
  throw new LeftToPython("value");
}

/** @param {Plain} value @param {Kind} kind @returns {string} */
function textOf(value, kind) {
  if (kind.is === "choice") return inLink(String(value));
  if (kind.is === "names") return JSON.stringify(value);
  if (!Array.isArray(value)) return typeof value === "number" ? numberText(value) : value;
  const numbers = /** @type {(number | number[])[]} */ (value);
  const nested = numbers.some(Array.isArray);
  return numbers.map((item) => [item].flat(2).map(numberText).join(ITEMS)).join(nested ? ROWS : ITEMS);
}

/** @param {number} value */
const numberText = (value) => String(value).replace("e+", "e");

/** @param {string} word */
const inLink = (word) => word.replace(/\++$/, "").toLowerCase();

/** @param {string} text @param {Fields} fields @param {number} limit @returns {Promise<Record<string, Plain>>} */
async function inflatedValues(text, fields, limit) {
  let said;
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const plain = await new Response(stream).text();
    said = plain.length > limit ? refused() : JSON.parse(plain);
  } catch {
    refused();
  }
  const { v = 1, ...values } = said;
  if (String(v) !== "1" || Object.keys(values).some((name) => !(name in fields))) refused();
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, checked(value, fields[name].kind)]));
}

/** @param {Record<string, Plain>} values */
async function deflatedValues(values) {
  const stream = new Blob([JSON.stringify(values)]).stream().pipeThrough(new CompressionStream("deflate"));
  const letters = Array.from(new Uint8Array(await new Response(stream).arrayBuffer()), (byte) => String.fromCharCode(byte));
  return btoa(letters.join("")).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
