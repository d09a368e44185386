// @ts-check
// Plotly's part of a chart: the paper with its axes, titles and zoom. Nothing else touches Plotly.

/** @typedef {import("./payload.js").Palette} Palette */
/** @typedef {{x: Scale, y: Scale}} Axes */
/** @type {any} */
const page = window;

/**
 * One axis: from data to pixels of the node, and back.
 */
export class Scale {
  /** @param {any} axis Plotly's own */
  constructor(axis) {
    this.axis = axis;
  }

  get start() {
    return this.axis._offset;
  }

  get length() {
    return this.axis._length;
  }

  get end() {
    return this.axis._offset + this.axis._length;
  }

  /** What is in view, in data units; of a logarithmic axis, powers of ten. @returns {[number, number]} */
  get range() {
    return this.axis.range;
  }

  /** @param {number} value */
  pixel(value) {
    return this.axis._offset + this.axis.l2p(this.axis.d2l(value));
  }

  /** @param {number} pixel */
  value(pixel) {
    return this.axis.p2d(pixel - this.axis._offset);
  }

  /** The pixel of the axis that is nearest. @param {number} pixel */
  nearest(pixel) {
    return Math.max(this.start, Math.min(this.end, pixel));
  }

  /** @param {number} pixel */
  covers(pixel, margin = 0) {
    return pixel >= this.start - margin && pixel <= this.end + margin;
  }
}

export class Paper {
  /** @param {HTMLElement} node @param {{x: string, y: string}[]} pairs the axes that are drawn */
  constructor(node, pairs) {
    this.node = node;
    this.pairs = pairs;
  }

  /** Draw at the node's present size; the zoom is kept for as long as the layout's uirevision. @param {any} layout */
  draw(layout) {
    this.layout = layout;
    const { clientWidth: width, clientHeight: height } = this.node;
    // An empty trace keeps each pair of axes alive.
    const empty = this.pairs.map(({ x, y }) => ({ type: "scatter", x: [null], y: [null], xaxis: x, yaxis: y }));
    // Plotly writes the zoom into the layout it is given: it gets one of its own.
    page.Plotly.react(this.node, empty, structuredClone({ ...layout, width, height, hovermode: false }), {
      displayModeBar: false,
      doubleClick: false,
      showTips: false,
      responsive: false,
    });
  }

  /** @param {{x: string, y: string}} [pair] @returns {Axes} */
  axes({ x, y } = { x: "x", y: "y" }) {
    const full = /** @type {any} */ (this.node)._fullLayout;
    return { x: new Scale(full[`xaxis${x.slice(1)}`]), y: new Scale(full[`yaxis${y.slice(1)}`]) };
  }

  /** Whether something else than the whole is in view. */
  get zoomed() {
    const { x, y } = this.axes();
    const now = [...x.range, ...y.range];
    const whole = [...this.layout.xaxis.range, ...this.layout.yaxis.range];
    return now.some((value, i) => Math.abs(value - whole[i]) > 1e-9 * (1 + Math.abs(whole[i])));
  }

  unzoom() {
    const { xaxis, yaxis } = this.layout;
    page.Plotly.relayout(this.node, { "xaxis.range": [...xaxis.range], "yaxis.range": [...yaxis.range] });
  }

  /** Take the upright axis of this layout. @param {any} layout */
  rise(layout) {
    this.layout = layout;
    page.Plotly.relayout(this.node, { "yaxis.range": [...layout.yaxis.range] });
  }

  /** @param {() => void} listener */
  onZoom(listener) {
    /** @type {any} */ (this.node).on("plotly_relayout", listener);
  }

  /** The paper as SVG text. @returns {Promise<string>} */
  async svg() {
    const size = { width: this.node.clientWidth, height: this.node.clientHeight };
    const address = await page.Plotly.toImage(this.node, { format: "svg", ...size });
    return decodeURIComponent(address.slice(address.indexOf(",") + 1));
  }

  close() {
    page.Plotly?.purge(this.node);
  }
}

/** The empty ground of a chart, where a click means the place and not a thing. @param {Element} element */
export const isGround = (element) => Boolean(element.closest(".nsewdrag"));

/** How large the page's type is, beside the usual 16 pixels. */
export const typeScale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

/**
 * The layout in the colours of a theme and the size of the page's type.
 * @param {any} layout @param {Palette} palette @param {string} family
 */
export function themed(layout, palette, family) {
  const scale = typeScale();
  const small = { size: 12 * scale, color: palette.muted };
  /** @param {any} axis */
  const axis = (axis) => ({
    ...axis,
    title: { ...axis.title, standoff: axis.title.standoff * scale, font: small },
    tickfont: small,
    gridcolor: palette.grid,
    linecolor: palette.grid,
  });
  const entries = Object.entries(layout).map(([name, value]) => [name, /^[xy]axis/.test(name) ? axis(value) : value]);
  const margin = Object.fromEntries(Object.entries(layout.margin).map(([side, room]) => [side, room * scale]));
  return { ...Object.fromEntries(entries), margin, font: { size: 13 * scale, family, color: palette.ink } };
}

/**
 * The layout with a title above each panel, its unit where there is room for it.
 * @param {any} layout themed @param {import("./payload.js").Title[]} titles @param {number} width of the chart
 */
export function titled(layout, titles, width) {
  const measure = /** @type {any} */ (document.createElement("canvas").getContext("2d"));
  measure.font = `${12 * typeScale()}px ${layout.font.family}`;
  const inner = width - layout.margin.l - layout.margin.r;
  const annotations = titles.map((title, i) => {
    const { [`xaxis${i ? i + 1 : ""}`]: x, [`yaxis${i ? i + 1 : ""}`]: y } = layout;
    const room = (x.domain[1] - x.domain[0]) * inner + 24;
    return {
      text: fitted(title, (text) => measure.measureText(text).width <= room),
      xref: "paper",
      yref: "paper",
      x: x.domain[0],
      y: y.domain[1],
      xanchor: "left",
      yanchor: "bottom",
      xshift: -10,
      yshift: 6,
      showarrow: false,
      font: x.tickfont,
    };
  });
  return { ...layout, annotations };
}

/** @param {import("./payload.js").Title} title @param {(text: string) => boolean} fits */
function fitted([word, unit], fits) {
  const whole = unit ? `${word} (${unit})` : word;
  return fits(whole) ? whole : word;
}

// --- how the browser comes by Plotly ---------------------------------------------------------------

/**
 * window.Plotly: there already, on its way, or to be fetched from the app's own server.
 * @param {"page" | "static"} library @returns {Promise<void>}
 */
export function plotly(library) {
  if (page.Plotly) return Promise.resolve();
  page.emPlotly ||= library === "static" ? fetched(staticUrl("plotly-basic.min.js")) : appearance();
  return page.emPlotly;
}

/** Streamlit's own script tells where the app lives, whatever base path a proxy puts before it. @param {string} name */
function staticUrl(name) {
  /** @type {HTMLScriptElement | null} */
  const own = document.querySelector('script[type="module"][src*="static/js/"]');
  const base = own ? new URL("../../", own.src) : document.baseURI;
  return new URL(`app/static/${name}`, base).href;
}

/** @param {string} url @returns {Promise<void>} */
function fetched(url) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = url;
    element.onload = () => resolve();
    element.onerror = () => {
      page.emPlotly = null;
      element.remove();
      reject(new Error("The chart library could not be loaded. Reload the page to try again."));
    };
    document.head.append(element);
  });
}

/** @returns {Promise<void>} */
function appearance() {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!page.Plotly) return;
      clearInterval(timer);
      resolve();
    }, 30);
  });
}
