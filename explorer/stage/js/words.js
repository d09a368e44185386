// Numbers and sentences of the stage.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// To so many significant digits, with a real minus sign; 1.23×10⁻⁹ where plain digits would run on.
// The same digits as `figure` in markup.py gives.
function number(value, digits = 4) {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const power = Number(value.toExponential(digits - 1).split("e")[1]);
  if (value !== 0 && (power < -4 || power > Math.max(digits, 5))) {
    const [mantissa, exponent] = value.toExponential(digits > 4 ? digits - 1 : 2).split("e");
    const raised = [...String(Math.abs(Number(exponent)))].map((digit) => SUPERSCRIPTS[digit]).join("");
    return `${mantissa}×10${power < 0 ? "⁻" : ""}${raised}`.replace("-", "−");
  }
  return value.toFixed(Math.max(0, digits - 1 - power)).replace("-", "−");
}

// A value of the data: no more digits than it was given with.
function plain(value, digits) {
  const text = String(Number(value.toPrecision(Math.max(digits, 6))));
  return text.includes("e") ? number(value, digits) : text.replace("-", "−");
}

// A log-likelihood grows with n: at least two decimals, so that a gain can be seen in it.
function logLikelihood(value) {
  if (!Number.isFinite(value) || Math.abs(value) < 100 || Math.abs(value) >= 1e9) return number(value);
  const [whole, decimals] = Math.abs(value).toFixed(2).split(".");
  return `${value < 0 ? "−" : ""}${whole.replace(/\B(?=(\d{3})+$)/g, "\u202f")}.${decimals}`;
}

function signed(value) {
  if (value === 0) return "+0";
  return value >= 0 ? `+${number(value)}` : number(value);
}

function placeText(run, h) {
  if (h === 0) return "Start";
  const iteration = (h + 1) >> 1;
  return `Iteration ${iteration} · ${h % 2 ? "E-step" : "M-step"} done`;
}

const OUTCOMES = {
  converged: "converged",
  max_iter: "iteration limit reached",
  collapsed: "a component collapsed",
  empty: "a component is empty",
};

const ENDS = {
  converged: "Converged",
  max_iter: "At the limit",
  collapsed: "Collapsed",
  empty: "Empty",
};

function outcomeText(run) {
  return OUTCOMES[run.outcome] || run.outcome;
}

function mainDescription(run, h, mixture, labels) {
  const parts = [];
  for (let k = 0; k < run.K; k++) {
    const mean = Array.from(mixture.m.subarray(k * run.d, (k + 1) * run.d), (v) => number(v));
    parts.push(
      `component ${k + 1}: weight ${number(mixture.w[k])}, mean ${mean.join(", ")}` +
        (run.d === 1 ? `, variance ${number(mixture.c[k])}` : ""),
    );
  }
  const what = run.d === 1 ? "Weighted densities over" : "The plane of";
  const points = h === 0 ? "The points are not shared out yet." : "Points carry the colours of their shares.";
  return `${what} ${labels.join(" and ")} at ${placeText(run, h)}. ${parts.join("; ")}. ${points}`;
}

function sharesDescription(run, h, shares, n) {
  if (!shares) return "Responsibilities: none yet, the first step is an E-step.";
  const totals = new Array(run.K).fill(0);
  shares.forEach((value, i) => (totals[i % run.K] += value));
  const parts = totals.map((sum, k) => `component ${k + 1} ${number((100 * sum * run.K) / shares.length, 3)} %`);
  return `Responsibilities of ${n} points in order of value, one stacked bar each. In all: ${parts.join(", ")}.`;
}

function trajectoryDescription(run, h) {
  return (
    `Weights, means and spreads of ${run.K} components and the log-likelihood over ` +
    `${run.last / 2} iterations; the marker stands at ${placeText(run, h)}, ` +
    `log-likelihood ${logLikelihood(run.logLikelihoods[h >> 1])}.`
  );
}
