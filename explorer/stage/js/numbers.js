// @ts-check
// Numbers as text, letter for letter as em_core/wording.py writes them; held to it in
// tests/browser/test_formulas.py.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const GROUP = "\u202f";
const LEAST_POWER = -4;
const WHOLE_DIGITS = 6;

/** The digits and the power of ten of "m.mmme±n". @param {string} text @returns {[string, number]} */
function taken(text) {
  const [mantissa, power] = text.split("e");
  return [mantissa.replace("-", "").replace(".", ""), Number(power)];
}

/** @param {number} value */
const powerOf = (value) => taken(value.toExponential())[1];

/** @param {string} digits */
const grouped = (digits) => (digits.length < 5 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, GROUP));

/** @param {number} power */
const raised = (power) => (power < 0 ? "⁻" : "") + [...String(Math.abs(power))].map((d) => SUPERSCRIPTS[Number(d)]).join("");

/**
 * A number to so many significant digits, with a real minus sign; as it is where that is shorter.
 * `spread` is the range the value is to be told apart in, where that asks for more digits.
 * @param {number | null} value @param {number | null} [spread] @param {number} [digits]
 */
export function number(value, spread = null, digits = 4) {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  let [shown, power] = taken(value.toExponential());
  if (spread && spread > 0 && power > powerOf(spread)) digits = Math.min(17, digits + power - powerOf(spread));
  const plain = isPlain(power, digits);
  const wanted = plain ? Math.max(digits, power + 1) : digits;
  if (shown.length > wanted) [shown, power] = taken(value.toExponential(wanted - 1));
  return written(value, shown, power, plain);
}

/** @param {number} value @param {string} digits @param {number} power @param {boolean} plain */
const written = (value, digits, power, plain) =>
  (value < 0 ? "−" : "") + (plain ? spelledOut(digits, power) : `${pointed(digits)}×10${raised(power)}`);

/** @param {number} power @param {number} digits */
const isPlain = (power, digits) => power >= LEAST_POWER && power < Math.max(WHOLE_DIGITS, digits);

/** @param {string} digits */
const pointed = (digits) => digits[0] + (digits.length > 1 ? `.${digits.slice(1)}` : "");

/** @param {string} digits @param {number} power */
function spelledOut(digits, power) {
  if (power < 0) return `0.${"0".repeat(-power - 1)}${digits}`;
  const rest = digits.slice(power + 1);
  return grouped(digits.slice(0, power + 1).padEnd(power + 1, "0")) + (rest && `.${rest}`);
}

/**
 * A value of the data: as it was typed where that is short.
 * @param {number} value @param {number | null} spread @param {number} [digits]
 */
export function dataValue(value, spread, digits = 4) {
  const short = Number.isFinite(value) && taken(value.toExponential())[0].length <= 7;
  return short ? number(value, null, 7) : number(value, spread, digits);
}

/** A log-likelihood grows with n: at least two decimals, so that a gain can be seen in it. @param {number} value */
export function logLikelihood(value, digits = 4) {
  if (!Number.isFinite(value) || value === 0) return number(value);
  return number(value, null, Math.min(15, Math.max(digits, powerOf(value) + 3)));
}

/** @param {number} value */
export function signed(value, digits = 4) {
  return (value >= 0 ? "+" : "") + number(value, null, digits);
}

/** Two significant digits, for what is only known roughly. @param {number} value */
export function rough(value, digits = 2) {
  if (value === 0 || !Number.isFinite(value)) return number(value);
  const [shown, power] = taken(value.toExponential(digits - 1));
  return written(value, shown.replace(/0+$/, ""), power, isPlain(power, 0));
}

/** @param {number} share */
export function percent(share, digits = 3) {
  return `${rough(100 * share, digits)}%`;
}
