// From a frame to the charts. The figures come complete from Python, each trace with its role in
// `meta`; here the traces of a role get the numbers of the frame in view, and nothing else.

const EVEN_POINTS = 120;
const NEAR_MEAN = [-4, -3, -2.4, -1.8, -1.4, -1, -0.7, -0.45, -0.2, 0, 0.2, 0.45, 0.7, 1, 1.4, 1.8, 2.4, 3, 4];
const ELLIPSE_SIDES = 72;
const PATH_POINTS = 150;
const NO_POINTS = { x: [], y: [] };

const even = (left, right, n) => Array.from({ length: n }, (_, i) => left + ((right - left) * i) / (n - 1));

// Places to draw curves at: evenly over what is in view, closely about the means of `components`.
function curveGrid(mixture, components, left, right) {
  const grid = even(left, right, EVEN_POINTS);
  for (const k of components) {
    const sd = Math.sqrt(mixture.c[k]);
    for (const z of NEAR_MEAN) {
      const x = mixture.m[k] + z * sd;
      if (x > left && x < right) grid.push(x);
    }
  }
  return grid.sort((a, b) => a - b);
}

function componentCurve(mixture, k, left, right) {
  const x = curveGrid(mixture, [k], left, right);
  return { x, y: x.map((place) => Math.exp(logWeightedDensity(mixture, k, place))) };
}

function boundaryPlaces(mixture, grid) {
  const shares = new Float64Array(mixture.K);
  const leader = (x) => {
    posterior(mixture, x, x, shares);
    return shares.indexOf(Math.max(...shares));
  };
  const places = [];
  for (let i = 1; i < grid.length; i++) {
    let [low, high] = [grid[i - 1], grid[i]];
    const before = leader(low);
    if (before === leader(high)) continue;
    for (let halving = 0; halving < 24; halving++) {
      const middle = (low + high) / 2;
      if (leader(middle) === before) low = middle;
      else high = middle;
    }
    places.push((low + high) / 2);
  }
  return places;
}

// What each role shows in one dimension. `view` is {left, right, top} of the axes now.
function densityTraces(frame, view, posteriorShown) {
  const { mixture, previous } = frame;
  const all = Array.from({ length: mixture.K }, (_, k) => k);
  const grid = curveGrid(mixture, all, view.left, view.right);
  const shares = new Float64Array(mixture.K * grid.length);
  const heights = grid.map((x, i) => Math.exp(posterior(mixture, x, x, shares, i * mixture.K)));
  const boundaries = boundaryPlaces(mixture, grid);
  return {
    component: (k) => componentCurve(mixture, k, view.left, view.right),
    ghost: (k) => (previous ? componentCurve(previous, k, view.left, view.right) : NO_POINTS),
    mixture: () => ({ x: grid, y: heights }),
    posterior: (k) =>
      posteriorShown ? { x: grid, y: grid.map((_, i) => shares[i * mixture.K + k]) } : NO_POINTS,
    boundary: () => ({
      x: boundaries.flatMap((x) => [x, x, null]),
      y: boundaries.flatMap(() => [0, view.top, null]),
    }),
    badge: () => ({ visible: false }),
  };
}

function peakHeight(mixture, k) {
  return Math.exp(logWeightedDensity(mixture, k, mixture.m[k]));
}

function ellipse(mixture, k, radius) {
  const { m, c } = mixture;
  const sdX = Math.sqrt(c[3 * k]);
  const sdY = Math.sqrt(c[3 * k + 2]);
  const correlation = c[3 * k + 1] / sdX / sdY;
  const rest = Math.sqrt(Math.max(0, (1 - correlation) * (1 + correlation)));
  const x = [];
  const y = [];
  for (let side = 0; side <= ELLIPSE_SIDES; side++) {
    const angle = (2 * Math.PI * side) / ELLIPSE_SIDES;
    const u = radius * Math.cos(angle);
    const v = radius * Math.sin(angle);
    x.push(m[2 * k] + sdX * u);
    y.push(m[2 * k + 1] + sdY * (correlation * u + rest * v));
  }
  return { x, y };
}

function contourHeights(mixture, columns, rows) {
  const shares = new Float64Array(mixture.K);
  const heights = rows.map((y) => columns.map((x) => posterior(mixture, x, y, shares) / Math.LN10));
  const highest = Math.max(...heights.map((row) => Math.max(...row)));
  return heights.map((row) => row.map((height) => Math.max(height - highest, -4)));
}

function meanPath(run, h, k) {
  const here = h >> 1;
  const n = Math.min(here + 1, PATH_POINTS);
  const steps = even(0, here, n).map(Math.round);
  const at = n > 1 ? steps : [here];
  return {
    x: at.map((t) => run.mixtures[t].m[2 * k]),
    y: at.map((t) => run.mixtures[t].m[2 * k + 1]),
  };
}

function planeTraces(run, frame, radius, contours) {
  const { mixture, previous } = frame;
  return {
    component: (k) => ellipse(mixture, k, radius),
    ghost: (k) => (previous ? ellipse(previous, k, radius) : NO_POINTS),
    path: (k) => meanPath(run, frame.h, k),
    contours: () => contours,
    badge: () => ({ visible: false }),
  };
}

// n colours of n·K shares: the mean of the components' colours; what nobody owns stays neutral.
function blended(shares, K, n, palette) {
  if (!shares) return palette.neutral;
  const channels = palette.components.slice(0, K).map(rgb);
  const neutral = rgb(palette.neutral);
  return Array.from({ length: n }, (_, i) => {
    let owned = 0;
    const mixed = [0, 0, 0];
    for (let k = 0; k < K; k++) {
      const share = shares[i * K + k];
      owned += share;
      for (let c = 0; c < 3; c++) mixed[c] += share * channels[k][c];
    }
    for (let c = 0; c < 3; c++) mixed[c] = Math.round(mixed[c] + (1 - owned) * neutral[c]);
    return `rgb(${mixed.join(",")})`;
  });
}

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// Every colour of the light palette replaced by its counterpart, in any nesting of values.
function recoloured(value, swap) {
  if (typeof value === "string") return swap.get(value) || value;
  if (Array.isArray(value)) return value.map((item) => recoloured(item, swap));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, recoloured(item, swap)]));
}

function colourSwap(light, other) {
  const swap = new Map();
  for (const [name, colours] of Object.entries(light)) {
    [colours].flat().forEach((colour, i) => swap.set(colour, [other[name]].flat()[i]));
  }
  return swap;
}

// One chart on a node that stays. `fill(roles)` gives the traces of each role their numbers.
class Chart {
  constructor(node) {
    this.node = node;
    this.traces = [];
    this.layout = null;
  }

  // A new template; zoom is kept by Plotly as long as the layout's uirevision is the same.
  take(figure, swap, narrow) {
    const { data, layout } = recoloured(
      { data: figure.data, layout: (narrow && figure.narrow) || figure.layout }, swap);
    this.traces = data;
    this.layout = layout;
  }

  fill(roles) {
    this.traces = this.traces.map((trace) => {
      const role = roles[trace.meta.role];
      return role ? { ...trace, ...role(trace.meta.k, trace) } : trace;
    });
  }

  paint() {
    const size = { width: this.node.clientWidth, height: this.node.clientHeight };
    this.layout = { ...this.layout, ...size, hovermode: false };
    return Plotly.react(this.node, this.traces, this.layout, {
      displayModeBar: false,
      doubleClick: false,
      showTips: false,
      responsive: false,
    });
  }

  get axes() {
    const full = this.node._fullLayout;
    return full && full.xaxis ? { x: full.xaxis, y: full.yaxis } : null;
  }
}

function pixel(axis, value) {
  return axis._offset + axis.l2p(value);
}

function atPixel(axis, place) {
  return axis.p2l(place - axis._offset);
}
