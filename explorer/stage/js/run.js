// The run as it came from Python, and its frames.

function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const doubles = (base64) => new Float64Array(bytesOf(base64).buffer);

async function inflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// The reverse of `packed` in payload.py: planes of bytes, each XORed with that of the row above.
function unpacked(planes, rows) {
  const columns = planes.length / 8 / rows;
  const bytes = new Uint8Array(planes.length);
  for (let byte = 0, from = 0; byte < 8; byte++) {
    for (let column = 0; column < columns; column++) {
      let value = 0;
      for (let row = 0; row < rows; row++, from++) {
        value ^= planes[from];
        bytes[(row * columns + column) * 8 + byte] = value;
      }
    }
  }
  return new Float64Array(bytes.buffer);
}

// The parameters of one iteration lie together: K weights, K·d means, K·t covariances.
async function decodeRun(run) {
  const { K, d } = run;
  const logLikelihoods = doubles(run.logLikelihoods);
  const values = unpacked(await inflated(bytesOf(run.parameters)), logLikelihoods.length);
  const stride = values.length / logLikelihoods.length;
  const mixtures = Array.from(logLikelihoods, (_, t) => {
    const row = values.subarray(t * stride, (t + 1) * stride);
    return { K, d, w: row.subarray(0, K), m: row.subarray(K, K * (1 + d)), c: row.subarray(K * (1 + d)) };
  });
  return {
    ...run,
    mixtures,
    last: 2 * (mixtures.length - 1),
    logLikelihoods,
    lowerBounds: doubles(run.lowerBounds),
  };
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
