// From a frame to the charts. The figures come complete from Python, each trace with its role in
// `meta`; here the traces of a role get the numbers of the frame in view, and nothing else.

const EVEN_POINTS = 120;
const ELLIPSE_SIDES = 72;
const PATH_POINTS = 150;
const CONTOUR_CELLS = 64;
const NO_POINTS = { x: [], y: [] };

const even = (left, right, n) => Array.from({ length: n }, (_, i) => left + ((right - left) * i) / (n - 1));

// A curve narrower than a twelfth of the view is drawn at these places too, in σ from its mean.
const NEAR_MEAN = even(-4, 4, 65);
const NARROW_PART = 12;

// Places to draw curves at: evenly over what is in view, closely about the means of narrow `components`.
function curveGrid(mixture, components, left, right) {
  const grid = even(left, right, EVEN_POINTS);
  for (const k of components) {
    const sd = Math.sqrt(mixture.c[k]);
    if (NARROW_PART * sd > right - left) continue;
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
  };
}

function densityAt(mixture, x) {
  return Math.exp(posterior(mixture, x, x, new Float64Array(mixture.K)));
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

// Heights of the mixture, as powers of ten below its highest place on a grid over the axes.
function contourHeights(mixture, columns, rows) {
  const shares = new Float64Array(mixture.K);
  const heights = rows.map((y) => columns.map((x) => posterior(mixture, x, y, shares) / Math.LN10));
  const highest = Math.max(...heights.map((row) => Math.max(...row)));
  return heights.map((row) => row.map((height) => height - highest));
}

// Lines of equal height, by marching squares: in each cell of the grid, straight from where one
// edge is crossed to where the next one is.
function contourLines(columns, rows, heights, levels) {
  const x = [];
  const y = [];
  for (const level of levels) {
    for (let i = 1; i < rows.length; i++) {
      for (let j = 1; j < columns.length; j++) {
        const corners = [[i - 1, j - 1], [i - 1, j], [i, j], [i, j - 1]];
        const crossings = [];
        corners.forEach(([row, column], c) => {
          const [nextRow, nextColumn] = corners[(c + 1) % 4];
          const here = heights[row][column] - level;
          const there = heights[nextRow][nextColumn] - level;
          if (here < 0 === there < 0) return;
          const part = here / (here - there);
          crossings.push([
            columns[column] + part * (columns[nextColumn] - columns[column]),
            rows[row] + part * (rows[nextRow] - rows[row]),
          ]);
        });
        for (let c = 0; c + 1 < crossings.length; c += 2) {
          x.push(crossings[c][0], crossings[c + 1][0], null);
          y.push(crossings[c][1], crossings[c + 1][1], null);
        }
      }
    }
  }
  return { x, y };
}

function mixtureContours(mixture, { x, y }, { start, end, size }) {
  const columns = even(...x.range, CONTOUR_CELLS);
  const rows = even(...y.range, CONTOUR_CELLS);
  const levels = even(start, end - size, Math.round((end - start) / size));
  return contourLines(columns, rows, contourHeights(mixture, columns, rows), levels);
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

function planeTraces(run, frame, axes, radius) {
  const { mixture, previous } = frame;
  return {
    component: (k) => ellipse(mixture, k, radius),
    ghost: (k) => (previous ? ellipse(previous, k, radius) : NO_POINTS),
    path: (k) => meanPath(run, frame.h, k),
    contours: (_, trace) => mixtureContours(mixture, axes, trace.contours),
  };
}

// Each component's part of each column, stacked from 0 to 1.
function shareColumns(shares, K, n, gap) {
  const x = Array.from({ length: n }, (_, i) => i + 1);
  const level = new Float64Array(n);
  return {
    share(k) {
      if (!shares) return { x: [], low: [], high: [], gap };
      const low = level.slice();
      for (let i = 0; i < n; i++) level[i] += shares[i * K + k];
      return { x, low, high: level.slice(), gap };
    },
  };
}

// n colours of n·K shares: the mean of the components' colours; what nobody owns stays neutral.
function blended(shares, K, n, palette) {
  if (!shares) return new Array(n).fill(palette.neutral);
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

// One chart on a node that stays. Plotly draws the paper: axes, titles, whatever holds for the
// whole run, and it zooms. What moves from frame to frame lies on a sheet above, drawn from the
// same figure's traces: Plotly.react takes 30 to 120 ms a chart, a frame has 16.
class Chart {
  constructor(canvas, moving) {
    this.canvas = canvas;
    this.node = canvas.querySelector(".em-plot");
    this.roles = moving;
    this.sheet = new Sheet(canvas.querySelector(".em-sheet"));
  }

  // A new figure; zoom is kept by Plotly as long as the layout's uirevision is the same.
  take(figure, swap, narrow) {
    const { data, layout } = recoloured(
      { data: figure.data, layout: (narrow && figure.narrow) || figure.layout },
      swap,
    );
    this.traces = data.filter((trace) => trace.meta.role !== "badge");
    this.layout = { ...layout, hovermode: false };
    this.sheet.take(this.traces.filter((trace) => this.moves(trace)));
  }

  moves(trace) {
    return this.roles.includes(trace.meta.role);
  }

  // Draw the paper at the node's present size. An empty trace keeps each pair of axes alive.
  paint() {
    const size = { width: this.node.clientWidth, height: this.node.clientHeight };
    const still = this.traces.map((trace) =>
      this.moves(trace) ? { type: "scatter", x: [null], y: [null], xaxis: trace.xaxis, yaxis: trace.yaxis } : trace,
    );
    this.layout = { ...this.layout, ...size };
    Plotly.react(this.node, still, this.layout, {
      displayModeBar: false,
      doubleClick: false,
      showTips: false,
      responsive: false,
    });
    this.sheet.fit(this);
  }

  // Draw the roles that are named, with the contents each gives for (k, trace).
  draw(contents) {
    this.sheet.draw(contents, this);
  }

  // The axes of a trace, or of the first subplot.
  axes({ xaxis = "x", yaxis = "y" } = {}) {
    const full = this.node._fullLayout;
    return { x: full[xaxis.replace("x", "xaxis").replace(/1$/, "")], y: full[yaxis.replace("y", "yaxis").replace(/1$/, "")] };
  }

  get ready() {
    return Boolean(this.node._fullLayout?.xaxis);
  }
}

function pixel(axis, value) {
  return axis._offset + axis.l2p(axis.d2l(value));
}

function atPixel(axis, place) {
  return axis.p2l(place - axis._offset);
}
