// @ts-check
// A button for every chart and format. The file is made here, by what draws the stage.

import { Chart, heightFor, legendOf, lookOf, marksOf, sceneOf, swatch } from "./drawing.js";
import { make } from "./elements.js";
import { rastered, save } from "./files.js";
import { ALL, each } from "./marks.js";
import { themed, titled } from "./paper.js";
import { decodePoints, decodeRun, frameAt } from "./run.js";
import { shape } from "./sheet.js";

/** @typedef {import("./drawing.js").View} View */
/** @typedef {import("./marks.js").Look} Look */
/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./marks.js").Scene} Scene */
/** @typedef {import("./payload.js").Payload} Payload */

/**
 * @typedef {{key: string, label: string, chart: "main" | "shares" | "trajectory", height: number, layout?: any}} Picture
 * @typedef {{stem: string, width: number, dpi: number, halfStep: number, told: Payload, pictures: Picture[]}} Order
 */

const FAMILY = "Helvetica, Arial, sans-serif";
const LEGEND_ROW = 20;

/** @param {{data: Order, parentElement: HTMLElement}} component */
export default function pictures({ data, parentElement }) {
  const list = /** @type {HTMLElement} */ (parentElement.querySelector(".em-pictures"));
  list.replaceChildren(...data.pictures.map((picture) => row(picture, data)));
}

/** @param {Picture} picture @param {Order} order */
function row(picture, order) {
  const line = make("p", "");
  const label = make("span", "");
  label.textContent = picture.label;
  const buttons = ["png", "svg"].map((format) => {
    const button = make("button", "", { type: "button", "aria-label": `${picture.label} as ${format.toUpperCase()}` });
    button.textContent = format.toUpperCase();
    button.addEventListener("click", async () => {
      const svg = await drawn(picture, order);
      const file = format === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await rastered(svg, order.dpi);
      save(file, `${order.stem}-${picture.key}.${format}`);
    });
    return button;
  });
  line.append(label, ...buttons);
  return line;
}

/** The picture as SVG text. @param {Picture} picture @param {Order} order */
async function drawn(picture, { told, width, halfStep }) {
  const run = await decodeRun(told.run, told.seen);
  const points = decodePoints(told.points, run.features, told.seen);
  const palette = told.palette.light;
  const look = lookOf(told, run, points, palette);
  const marks = marksOf(look, told.charts);
  const own = picture.chart === "main" ? [...marks.main, marks.badges] : marks[picture.chart];
  /** @type {View} */
  const view = { run, points, frame: frameAt(run, halfStep), sharing: null, free: false, seen: Infinity, ending: null, threads: halfStep % 2, point: null, component: 0, query: null };

  const plain = themed(picture.layout || told.charts[picture.chart].layout, palette, FAMILY);
  const layout = picture.chart === "trajectory" ? titled(plain, told.charts.trajectory.titles, width) : plain;
  const canvas = offScreen(width, picture.height);
  try {
    const chart = new Chart(canvas);
    chart.take({ ...layout, paper_bgcolor: "#ffffff", plot_bgcolor: "#ffffff" }, own);
    if (picture.chart === "main" && run.d === 1) {
      chart.rise(heightFor(view, look.truth, layout.yaxis.range[1], layout.xaxis.range));
    }
    chart.paint();
    const scene = sceneOf(chart, view);
    chart.sheet.draw(scene, ALL);
    const legend = legendRows(look, picture.chart, own, scene, width - layout.margin.l - layout.margin.r);
    return composed(await chart.paper.svg(), chart.svg, legend, layout.margin.l);
  } finally {
    canvas.remove();
  }
}

/** @param {number} width @param {number} height */
function offScreen(width, height) {
  const canvas = make("div", "em-canvas");
  canvas.style.cssText = `position:fixed;left:-10000px;top:0;width:${width}px;height:${height}px`;
  const plot = make("div", "em-plot");
  plot.style.height = `${height}px`;
  const sheet = shape("svg", { class: "em-sheet" });
  canvas.append(plot, sheet);
  document.body.append(canvas);
  return canvas;
}

/**
 * The paper with the sheet on it and the legend above.
 * @param {string} paper @param {SVGElement} sheet @param {SVGElement[][]} legend @param {number} left
 */
function composed(paper, sheet, legend, left) {
  const root = /** @type {any} */ (new DOMParser().parseFromString(paper, "image/svg+xml").documentElement);
  const [width, height] = [Number(root.getAttribute("width")), Number(root.getAttribute("height"))];
  const whole = height + legend.length * LEGEND_ROW;
  const page = shape("svg", { width, height: whole, viewBox: `0 0 ${width} ${whole}`, "font-family": FAMILY });
  const chart = shape("g", { transform: `translate(0,${legend.length * LEGEND_ROW})` });
  chart.append(...root.childNodes, ...sheet.childNodes);
  const lines = legend.map((entries, i) => {
    const line = shape("g", { transform: `translate(${left},${6 + i * LEGEND_ROW})`, "font-size": 12 });
    line.append(...entries);
    return line;
  });
  page.append(shape("rect", { width, height: whole, fill: "#ffffff" }), ...lines, chart);
  return new XMLSerializer().serializeToString(page);
}

/**
 * The entries of the legend, in rows that fit: the components, then what else is drawn.
 * @param {Look} look @param {string} chart @param {Mark[]} marks @param {Scene} scene @param {number} room
 */
function legendRows({ palette, K }, chart, marks, scene, room) {
  const shown = legendOf(marks).filter(({ content }) => content(scene).x.length > 0);
  const entries = [
    ...each(K).map((k) => entry(componentSwatch(palette.components[k], chart === "shares"), `component ${k + 1}`)),
    ...shown.map((mark) => entry(swatch(mark, palette.muted), String(mark.legend))),
  ];
  /** @type {SVGElement[][]} */
  const rows = [[]];
  let used = 0;
  for (const { group, width } of entries) {
    if (used && used + width > room) {
      rows.push([]);
      used = 0;
    }
    group.setAttribute("transform", `translate(${used},0)`);
    rows[rows.length - 1].push(group);
    used += width + 16;
  }
  return rows;
}

/** @param {string} colour @param {boolean} filled */
const componentSwatch = (colour, filled) =>
  filled
    ? shape("rect", { x: 4, width: 12, height: 10, fill: colour })
    : shape("line", { x1: 0, x2: 21, y1: 5, y2: 5, stroke: colour, "stroke-width": 2 });

/** @param {SVGElement} piece @param {string} words */
function entry(piece, words) {
  const group = shape("g");
  const text = shape("text", { x: 26, y: 9.5, fill: "#1b1f27" });
  text.textContent = words;
  group.append(piece, text);
  const measure = /** @type {any} */ (document.createElement("canvas").getContext("2d"));
  measure.font = `12px ${FAMILY}`;
  return { group, width: 26 + measure.measureText(words).width };
}
