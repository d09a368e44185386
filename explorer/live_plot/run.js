// The run as it came from Python, and its frames.

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes.buffer;
}

const doubles = (base64) => new Float64Array(bytesOf(base64));

// The parameters of one iteration lie together: K weights, K·d means, K·t covariances.
function decodeRun(run) {
  const { K, d } = run;
  const t = d === 1 ? 1 : 3;
  const stride = K * (1 + d + t);
  const values =
    run.precision === "f8" ? doubles(run.values) : unscaled(run, new Float32Array(bytesOf(run.values)));
  const mixtures = [];
  for (let at = 0; at < values.length; at += stride) {
    mixtures.push({
      K,
      d,
      w: values.subarray(at, at + K),
      m: values.subarray(at + K, at + K * (1 + d)),
      c: values.subarray(at + K * (1 + d), at + stride),
    });
  }
  return {
    ...run,
    mixtures,
    last: 2 * (mixtures.length - 1),
    logLikelihoods: doubles(run.logLikelihoods),
    lowerBounds: doubles(run.lowerBounds),
  };
}

// A long run travels in single precision, centred and scaled to the data.
function unscaled(run, packed) {
  const { K, d, centre, scale } = run;
  const pairs = d === 1 ? [[0, 0]] : [[0, 0], [0, 1], [1, 1]];
  const stride = K * (1 + d + pairs.length);
  return Float64Array.from(packed, (value, i) => {
    const place = i % stride;
    if (place < K) return value;
    if (place < K * (1 + d)) {
      const j = (place - K) % d;
      return centre[j] + scale[j] * value;
    }
    const [a, b] = pairs[(place - K * (1 + d)) % pairs.length];
    return value * scale[a] * scale[b];
  });
}

// What is in force at half-step h: the parameters, the mixture that shared out the points (none
// before the first E-step), and the parameters the last M-step replaced.
function frameAt(run, h) {
  return {
    h,
    mixture: run.mixtures[h >> 1],
    sharer: h > 0 ? run.mixtures[(h - 1) >> 1] : null,
    previous: h > 0 && h % 2 === 0 ? run.mixtures[(h >> 1) - 1] : null,
  };
}

function mixtureBetween(from, to, s) {
  if (s >= 1 || from === to || from.K !== to.K || from.d !== to.d) return to;
  const between = (a, b) => Float64Array.from(a, (value, i) => value + s * (b[i] - value));
  return { ...to, w: between(from.w, to.w), m: between(from.m, to.m), c: between(from.c, to.c) };
}

// Responsibilities of the points (flat coordinates) as n·K numbers, on the way from one sharer to
// another; none yet counts as no share at all.
function sharesBetween(from, to, s, points, d) {
  const final = sharesOf(to, points, d);
  if (s >= 1 || from === to) return final;
  const first = sharesOf(from, points, d);
  if (!final) return first && first.map((value) => value * (1 - s));
  return final.map((value, i) => (first ? first[i] + s * (value - first[i]) : s * value));
}

function sharesOf(mixture, points, d) {
  if (!mixture) return null;
  const n = points.length / d;
  const shares = new Float64Array(n * mixture.K);
  for (let i = 0; i < n; i++) {
    posterior(mixture, points[i * d], points[i * d + d - 1], shares, i * mixture.K);
  }
  return shares;
}

function phaseOf(h) {
  if (h === 0) return "start";
  return h % 2 ? "E" : "M";
}

// The lower bound (ELBO) at half-step h: the E-step makes it touch the log-likelihood.
function lowerBoundAt(run, h) {
  if (h === 0) return null;
  return h % 2 ? run.logLikelihoods[h >> 1] : run.lowerBounds[(h >> 1) - 1];
}
