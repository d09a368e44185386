// @ts-check
// The sheet above a chart's paper: one SVG, a group for each mark, restyled never, redrawn often.
// Plotly.react takes 30 to 120 ms a chart, a frame has 16.

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./marks.js").Scene} Scene */
/** @typedef {import("./paper.js").Axes} Axes */
/** @typedef {import("./paper.js").Paper} Paper */
/** @typedef {import("./curves.js").Curve} Curve */

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name @param {Record<string, any>} [attributes] @returns {SVGElement} */
export function shape(name, attributes = {}) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** A spike may rise a billion pixels above its chart: SVG need not know. @param {number} place */
const tame = (place) => Math.max(-1e5, Math.min(1e5, place)).toFixed(2);

/**
 * "M x,y L x,y …" in pixels; `knot` is what is drawn at each place.
 * @param {Curve} curve @param {Axes} axes
 */
function linePath({ x, y }, axes, knot = "") {
  let path = "";
  let pen = "M";
  for (let i = 0; i < x.length; i++) {
    const [across, up] = [x[i], y[i]];
    if (across === null || up === null) {
      pen = "M";
      continue;
    }
    path += `${pen}${tame(axes.x.pixel(across))},${tame(axes.y.pixel(up))}${knot}`;
    pen = "L";
  }
  return path;
}

const KNOT = "m-1.5,0a1.5,1.5 0 1 0 3,0a1.5,1.5 0 1 0-3,0m1.5,0";

/** How far words stand from their place, on the side with more room. */
const BESIDE = 24;

/** @param {Curve} curve @param {string} line @param {Axes} axes */
function toTheGround({ x }, line, axes) {
  if (!line) return "";
  const [first, last] = [Number(x[0]), Number(x[x.length - 1])];
  const ground = tame(axes.y.pixel(0));
  return `${line}L${tame(axes.x.pixel(last))},${ground}L${tame(axes.x.pixel(first))},${ground}Z`;
}

/** @param {number} left @param {number} right @param {number} low @param {number} high */
const rectangle = (left, right, low, high) =>
  `M${left.toFixed(2)},${low.toFixed(2)}V${high.toFixed(2)}H${right.toFixed(2)}V${low.toFixed(2)}Z`;

/**
 * Places pushed apart until no two are nearer than `least`, each as little as need be.
 * @param {[number, number][]} places @param {number} least @returns {[number, number][]}
 */
export function apart(places, least) {
  const moved = places.map(([x, y]) => /** @type {[number, number]} */ ([x, y]));
  for (let round = 0; round < 40; round++) {
    let crowded = false;
    for (let i = 0; i < moved.length; i++) {
      for (let j = i + 1; j < moved.length; j++) {
        const [dx, dy] = [moved[j][0] - moved[i][0], moved[j][1] - moved[i][1]];
        const distance = Math.hypot(dx, dy);
        if (distance >= least - 0.01) continue;
        crowded = true;
        const [ux, uy] = distance > 1e-6 ? [dx / distance, dy / distance] : [0, 1];
        const push = (least - distance) / 2;
        moved[i] = [moved[i][0] - ux * push, moved[i][1] - uy * push];
        moved[j] = [moved[j][0] + ux * push, moved[j][1] + uy * push];
      }
    }
    if (!crowded) break;
  }
  return moved;
}

/** @param {SVGElement} node @param {Record<string, any>} attributes */
const set = (node, attributes) => {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
};

/**
 * For each kind of mark: the nodes it needs and how they are drawn in each frame; `fresh` where
 * the axes have changed, else what stands still need not be placed again.
 * @type {Record<string, {loose?: boolean, make: (style: any) => SVGElement[],
 *   draw: (nodes: SVGElement[], content: any, style: any, axes: Axes, group: SVGElement, fresh: boolean) => void}>}
 */
const KINDS = {
  line: {
    make({ stroke, width, dash = "none", fill, opacity = 1 }) {
      const line = shape("path", {
        fill: "none",
        stroke,
        "stroke-width": width,
        "stroke-linejoin": "round",
        "stroke-dasharray": dash,
        opacity,
      });
      return fill ? [shape("path", { fill, stroke: "none" }), line] : [line];
    },
    draw(nodes, content, { fill, closed, knots }, axes) {
      const line = linePath(content, axes, knots ? KNOT : "");
      nodes[nodes.length - 1].setAttribute("d", line);
      if (fill) nodes[0].setAttribute("d", closed ? line : toTheGround(content, line, axes));
    },
  },
  // Rectangles from `low` to `high`, of width 1 − gap about each x.
  columns: {
    make: ({ fill }) => [shape("path", { fill, "shape-rendering": "crispEdges" })],
    draw([node], { x, low, high, gap }, _, axes) {
      const half = (1 - gap) / 2;
      /** @param {number} at @param {number} i */
      const column = (at, i) =>
        rectangle(axes.x.pixel(at - half), axes.x.pixel(at + half), axes.y.pixel(low[i]), axes.y.pixel(high[i]));
      node.setAttribute("d", x.map(column).join(""));
    },
  },
  bins: {
    make: ({ count, opacity }) => Array.from({ length: count }, () => shape("path", { opacity, "shape-rendering": "crispEdges" })),
    draw(nodes, { edges, density, colours }, _, axes, group, fresh) {
      nodes.forEach((node, i) => {
        set(node, { fill: colours[i] });
        if (!fresh) return;
        const [left, right] = [axes.x.pixel(edges[i]), axes.x.pixel(edges[i + 1])];
        set(node, { d: rectangle(left, right, axes.y.pixel(0), axes.y.pixel(density[i])) });
      });
    },
  },
  dots: {
    loose: true,
    make: ({ sizes, stroke, width }) =>
      sizes.map((/** @type {number} */ size) => shape("circle", { r: size / 2, stroke, "stroke-width": width })),
    draw: (nodes, { x, y, colours }, { moving }, axes, group, fresh) =>
      nodes.forEach((node, i) => {
        set(node, { fill: colours[i] });
        if (fresh || moving) set(node, { cx: axes.x.pixel(x[i]), cy: axes.y.pixel(y[i]) });
      }),
  },
  badges: {
    loose: true,
    make: ({ fills, texts, size, stroke, width, font }) =>
      fills.flatMap((/** @type {string} */ fill, /** @type {number} */ i) => {
        const label = shape("text", {
          fill: texts[i],
          "font-size": font,
          "font-weight": 600,
          "text-anchor": "middle",
          dy: "0.35em",
        });
        label.textContent = String(i + 1);
        return [shape("circle", { r: size / 2, fill, stroke, "stroke-width": width }), label];
      }),
    draw(nodes, { x, y }, { size }, axes) {
      const places = x.map((/** @type {number} */ at, /** @type {number} */ i) => [axes.x.pixel(at), axes.y.pixel(y[i])]);
      apart(places, size).forEach(([px, py], i) => {
        set(nodes[2 * i], { cx: px, cy: py });
        set(nodes[2 * i + 1], { x: px, y: py });
      });
    },
  },
  words: {
    make: () => [],
    draw(_, { x, y, texts, colours }, { font }, axes, group) {
      group.replaceChildren(
        ...texts.map((/** @type {string} */ text, /** @type {number} */ i) => {
          const px = axes.x.pixel(x[i]);
          const before = px > (axes.x.start + axes.x.end) / 2;
          const label = shape("text", {
            x: before ? px - BESIDE : px + BESIDE,
            "text-anchor": before ? "end" : "start",
            y: axes.y.pixel(y[i]),
            fill: colours[i],
            "font-size": font,
          });
          label.textContent = text;
          return label;
        }),
      );
    },
  },
};

export class Sheet {
  /** @param {SVGElement} svg @param {Paper} paper */
  constructor(svg, paper) {
    this.svg = svg;
    this.paper = paper;
    /** @type {{mark: Mark, nodes: SVGElement[], group: SVGElement, fresh: boolean}[]} */
    this.items = [];
    this.definitions = shape("defs");
    this.clip = `em-clip-${Math.random().toString(36).slice(2)}`;
  }

  /** @param {Mark[]} marks */
  take(marks) {
    this.items = marks.map((mark) => {
      const nodes = KINDS[mark.kind].make(mark.style);
      const group = shape("g", { "data-role": mark.role, ...(mark.k === undefined ? {} : { "data-k": mark.k }) });
      group.append(...nodes);
      return { mark, nodes, group, fresh: true };
    });
    this.svg.replaceChildren(this.definitions, ...this.items.map(({ group }) => group));
  }

  /** After the axes changed: lines and fills end where their axes end; dots and badges may stand on the edge. */
  fit() {
    const rects = new Map();
    for (const item of this.items) {
      const { mark, group } = item;
      item.fresh = true;
      const { x, y } = this.paper.axes(mark.axes);
      const loose = KINDS[mark.kind].loose ? 9 : 0;
      const place = [x.start - loose, y.start - loose, x.length + 2 * loose, y.length + 2 * loose];
      const name = place.join();
      if (!rects.has(name)) {
        const clip = shape("clipPath", { id: `${this.clip}-${rects.size}` });
        const [left, top, width, height] = place;
        clip.append(shape("rect", { x: left, y: top, width, height }));
        rects.set(name, clip);
      }
      group.setAttribute("clip-path", `url(#${rects.get(name).id})`);
    }
    this.definitions.replaceChildren(...rects.values());
  }

  /** Draw the marks that follow what has moved. @param {Scene} scene @param {string[]} moved */
  draw(scene, moved) {
    for (const item of this.items) {
      const { mark, nodes, group, fresh } = item;
      if (!moved.includes(mark.follows)) continue;
      KINDS[mark.kind].draw(nodes, mark.content(scene), mark.style, this.paper.axes(mark.axes), group, fresh);
      item.fresh = false;
    }
  }

  /** Whether anything of a role is drawn now. @param {string} role */
  shows(role) {
    return this.items.some(({ mark, nodes }) => mark.role === role && nodes.some((node) => node.getAttribute("d")));
  }
}
