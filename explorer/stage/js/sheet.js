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

/** How far words stand from their place, on the side with more room; and in which rows below the top,
 * where badges are. Row −1 is on the ground. */
const BESIDE = 20;
const BELOW_BADGES = 34;
const ROW = 17;

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

/** A smaller share is not to be seen. */
const LEAST_SECTOR = 0.004;

/** Clockwise from the top. @param {number} x @param {number} y @param {number} r @param {number} turned @param {number} share of the circle */
function sectorPath(x, y, r, turned, share) {
  if (share > 1 - LEAST_SECTOR) return `M${tame(x - r)},${tame(y)}a${r},${r} 0 1 1 ${2 * r},0a${r},${r} 0 1 1 ${-2 * r},0Z`;
  const [from, to] = [turned, turned + share].map((part) => 2 * Math.PI * part);
  const edge = (/** @type {number} */ angle) => `${tame(x + r * Math.sin(angle))},${tame(y - r * Math.cos(angle))}`;
  return `M${tame(x)},${tame(y)}L${edge(from)}A${r},${r} 0 ${share > 0.5 ? 1 : 0} 1 ${edge(to)}Z`;
}

/** @param {[number, number]} from @param {[number, number]} to @param {number} half its width @param {boolean} upright */
function threadPath([x0, y0], [x1, y1], half, upright) {
  if (upright) {
    const middle = tame((y0 + y1) / 2);
    const [a, b, c, d] = [x0 - half, x1 - half, x1 + half, x0 + half].map(tame);
    return `M${a},${tame(y0)}C${a},${middle} ${b},${middle} ${b},${tame(y1)}L${c},${tame(y1)}C${c},${middle} ${d},${middle} ${d},${tame(y0)}Z`;
  }
  const length = Math.hypot(x1 - x0, y1 - y0) || 1;
  const [dx, dy] = [((y1 - y0) / length) * half, (-(x1 - x0) / length) * half];
  return `M${tame(x0 + dx)},${tame(y0 + dy)}L${tame(x1 + dx)},${tame(y1 + dy)}L${tame(x1 - dx)},${tame(y1 - dy)}L${tame(x0 - dx)},${tame(y0 - dy)}Z`;
}

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

/** @type {WeakMap<SVGElement, string>} */
const lastSet = new WeakMap();

/** Set the one attribute of a node that changes, where it does: of many pies few change in a frame. @param {SVGElement} node @param {string} name @param {string} value */
function change(node, name, value) {
  if (lastSet.get(node) === value) return;
  lastSet.set(node, value);
  node.setAttribute(name, value);
}

/**
 * For each kind of mark: the nodes it needs and how they are drawn in each frame; `fresh` where
 * the axes have changed, else what stands still need not be placed again.
 * loose: by how many pixels it may stand over the edge of its axes.
 * @type {Record<string, {loose?: number, make: (style: any) => SVGElement[],
 *   draw: (nodes: SVGElement[], content: any, style: any, axes: Axes, group: SVGElement, fresh: boolean, paper: Paper) => void}>}
 */
const KINDS = {
  line: {
    make({ stroke, width, dash = "none", fill, opacity = 1, round = false }) {
      const line = shape("path", {
        fill: "none",
        stroke,
        "stroke-width": width,
        "stroke-linejoin": "round",
        "stroke-dasharray": dash,
        ...(round ? { "stroke-linecap": "round" } : {}),
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
  // In the middle of each rectangle, where there is room.
  numbers: {
    make: () => [],
    draw(_, { x, low, high, gap, text }, { fill, font }, axes, group) {
      const wide = Math.abs(axes.x.pixel(2) - axes.x.pixel(1)) * (1 - gap);
      /** @param {number} at @param {number} i */
      const label = (at, i) => {
        if (Math.abs(axes.y.pixel(high[i]) - axes.y.pixel(low[i])) < font + 4) return [];
        const written = text(high[i] - low[i]);
        if (wide < 0.6 * font * written.length + 4) return [];
        const words = shape("text", { x: tame(axes.x.pixel(at)), y: tame(axes.y.pixel((low[i] + high[i]) / 2)), dy: "0.35em", "text-anchor": "middle", fill, "font-size": font });
        words.textContent = written;
        return [words];
      };
      group.replaceChildren(...(wide < font ? [] : x.flatMap(label)));
    },
  },
  // A histogram, each bin divided by shares; what is left of it has the last fill.
  bins: {
    make: ({ fills, opacity }) => fills.map((/** @type {string} */ fill) => shape("path", { fill, opacity, "shape-rendering": "crispEdges" })),
    draw(nodes, { edges, density, shares }, _, axes) {
      const K = nodes.length - 1;
      const levels = new Float64Array(density.length);
      nodes.forEach((node, k) => {
        let path = "";
        density.forEach((/** @type {number} */ height, /** @type {number} */ i) => {
          const low = levels[i];
          levels[i] = k === K ? 1 : low + (shares ? shares[i * K + k] : 0);
          if (levels[i] - low < 1e-6) return;
          path += rectangle(axes.x.pixel(edges[i]), axes.x.pixel(edges[i + 1]), axes.y.pixel(low * height), axes.y.pixel(levels[i] * height));
        });
        node.setAttribute("d", path);
      });
    },
  },
  // Discs in the colour of the largest share, with a sector for each of the others; neutral as long
  // as a point is not wholly shared out.
  pies: {
    loose: 9,
    make: ({ sizes, fills, stroke, width }) =>
      sizes.flatMap((/** @type {number} */ size) => [
        shape("circle", { r: size / 2, stroke, "stroke-width": width }),
        ...fills.map((/** @type {string} */ fill) => shape("path", { fill })),
      ]),
    draw(nodes, { x, y, shares }, { sizes, fills, neutral }, axes, group, fresh) {
      const K = fills.length;
      for (let i = 0; i < sizes.length; i++) {
        const [disc, ...sectors] = nodes.slice(i * (K + 1), (i + 1) * (K + 1));
        const [px, py] = [axes.x.pixel(x[i]), axes.y.pixel(y[i])];
        let [owned, leader] = [0, 0];
        for (let k = 0; shares && k < K; k++) {
          owned += shares[i * K + k];
          if (shares[i * K + k] > shares[i * K + leader]) leader = k;
        }
        if (owned <= 1 - 1e-6) leader = -1;
        change(disc, "fill", leader < 0 ? neutral : fills[leader]);
        if (fresh) set(disc, { cx: px, cy: py });
        let turned = 0;
        sectors.forEach((sector, k) => {
          const share = shares ? shares[i * K + k] : 0;
          const shown = k !== leader && share >= LEAST_SECTOR;
          change(sector, "d", shown ? sectorPath(px, py, sizes[i] / 2, turned, share) : "");
          turned += share;
        });
      }
    },
  },
  // From each dot to one place, as wide as its share; upright ones leave and arrive upright.
  threads: {
    loose: 80,
    make: ({ fill }) => [shape("path", { fill, stroke: "none" })],
    draw([node], { opacity, shares, x, y, to }, { width, ends, upright }, axes, group, fresh, paper) {
      const dots = paper.axes(ends);
      const [toX, toY] = [axes.x.pixel(to[0]), axes.y.pixel(to[1])];
      const threads = shares.map((/** @type {number} */ share, /** @type {number} */ i) =>
        share < LEAST_SECTOR ? "" : threadPath([dots.x.pixel(x[i]), dots.y.pixel(y[i])], [toX, toY], (width * share) / 2, upright),
      );
      set(node, { d: threads.join(""), opacity: 0.4 * opacity });
    },
  },
  dots: {
    loose: 9,
    make: ({ sizes, stroke, width }) =>
      sizes.map((/** @type {number} */ size) => shape("circle", { r: size / 2, stroke, "stroke-width": width })),
    draw: (nodes, { x, y, colours }, { moving }, axes, group, fresh) =>
      nodes.forEach((node, i) => {
        set(node, { fill: colours[i] });
        if (fresh || moving) set(node, { cx: axes.x.pixel(x[i]), cy: axes.y.pixel(y[i]) });
      }),
  },
  badges: {
    loose: 9,
    make: ({ fills, texts, size, stroke, width, font, opacity = 1 }) =>
      fills.flatMap((/** @type {string} */ fill, /** @type {number} */ i) => {
        const label = shape("text", {
          fill: texts[i],
          "font-size": font,
          "font-weight": 600,
          "text-anchor": "middle",
          dy: "0.35em",
          opacity,
        });
        label.textContent = String(i + 1);
        return [shape("circle", { r: size / 2, fill, stroke, "stroke-width": width, opacity }), label];
      }),
    draw(nodes, { x, y }, { size }, axes) {
      for (const node of nodes) node.setAttribute("visibility", x.length ? "visible" : "hidden");
      const places = x.map((/** @type {number} */ at, /** @type {number} */ i) => [axes.x.pixel(at), axes.y.pixel(y[i])]);
      apart(places, size).forEach(([px, py], i) => {
        set(nodes[2 * i], { cx: px, cy: py });
        set(nodes[2 * i + 1], { x: px, y: py });
      });
    },
  },
  words: {
    make: () => [],
    draw(_, words, { font }, axes, group) {
      group.replaceChildren(
        ...words.map((/** @type {{x: number, row: number, text: string, colour: string}} */ { x, row, text, colour }) => {
          const px = axes.x.nearest(axes.x.pixel(x));
          const before = px > (axes.x.start + axes.x.end) / 2;
          const label = shape("text", {
            x: before ? px - BESIDE : px + BESIDE,
            "text-anchor": before ? "end" : "start",
            y: row < 0 ? axes.y.end - 8 : axes.y.start + BELOW_BADGES + ROW * row,
            fill: colour,
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
      const loose = KINDS[mark.kind].loose || 0;
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
      KINDS[mark.kind].draw(nodes, mark.content(scene), mark.style, this.paper.axes(mark.axes), group, fresh, this.paper);
      item.fresh = false;
    }
  }

  /** Whether anything of a role is drawn now. @param {string} role */
  shows(role) {
    return this.items.some(({ mark, nodes }) => mark.role === role && nodes.some((node) => node.getAttribute("d")));
  }
}
