// The sheet above a chart: one SVG, a group for each moving trace, restyled never, redrawn often.

const SVG = "http://www.w3.org/2000/svg";

function shape(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// A spike may rise a billion pixels above its chart: SVG need not know.
const tame = (place) => Math.max(-1e5, Math.min(1e5, place));

// "M x,y L x,y …" in pixels; a null in x lifts the pen; `knot` is what is drawn at each place.
function linePath({ x, y }, axes, knot = "") {
  let path = "";
  let pen = "M";
  for (let i = 0; i < x.length; i++) {
    if (x[i] === null) {
      pen = "M";
      continue;
    }
    path += `${pen}${tame(pixel(axes.x, x[i])).toFixed(1)},${tame(pixel(axes.y, y[i])).toFixed(1)}${knot}`;
    pen = "L";
  }
  return path;
}

// How far words stand from their place, on the side with more room.
const BESIDE = 24;

const KNOT = "m-1.5,0a1.5,1.5 0 1 0 3,0a1.5,1.5 0 1 0-3,0m1.5,0";

function filledPath(content, axes) {
  const line = linePath(content, axes);
  if (!line) return "";
  const ground = pixel(axes.y, 0).toFixed(1);
  const [first, last] = [content.x[0], content.x[content.x.length - 1]];
  return `${line}L${pixel(axes.x, last).toFixed(1)},${ground}L${pixel(axes.x, first).toFixed(1)},${ground}Z`;
}

// Rectangles from `low` to `high`, of width 1 − gap about each x.
function columnsPath({ x, low, high }, gap, axes) {
  let path = "";
  for (let i = 0; i < x.length; i++) {
    const left = pixel(axes.x, x[i] - (1 - gap) / 2).toFixed(1);
    const right = pixel(axes.x, x[i] + (1 - gap) / 2).toFixed(1);
    const top = pixel(axes.y, high[i]).toFixed(2);
    path += `M${left},${pixel(axes.y, low[i]).toFixed(2)}V${top}H${right}V${pixel(axes.y, low[i]).toFixed(2)}Z`;
  }
  return path;
}

// For each kind of trace: the nodes it needs, how they are drawn in each frame, and, where they
// stand still while only colours change, how they are placed when the axes have changed.
const KINDS = {
  line: {
    make({ line, fill, fillcolor, opacity = 1 }) {
      const area = fill && shape("path", { fill: fillcolor, stroke: "none" });
      const stroke = shape("path", {
        fill: "none",
        stroke: line.color,
        "stroke-width": line.width,
        "stroke-linejoin": "round",
        "stroke-dasharray": (line.dash || "").replaceAll("px", "") || "none",
        opacity,
      });
      return area ? [area, stroke] : [stroke];
    },
    draw(nodes, content, trace, axes) {
      const stroke = nodes[nodes.length - 1];
      stroke.setAttribute("d", linePath(content, axes, trace.mode === "lines+markers" ? KNOT : ""));
      if (trace.fill === "toself") nodes[0].setAttribute("d", stroke.getAttribute("d"));
      else if (trace.fill) nodes[0].setAttribute("d", filledPath(content, axes));
    },
  },
  columns: {
    make: (trace) => [
      shape("path", { fill: trace.fillcolor || trace.marker.color, "shape-rendering": "crispEdges" }),
    ],
    draw: (nodes, content, trace, axes) =>
      nodes[0].setAttribute("d", columnsPath(content, content.gap, axes)),
  },
  bins: {
    make: ({ x, marker }) => x.map(() => shape("rect", { opacity: marker.opacity })),
    place(nodes, { x, y, width }, axes) {
      nodes.forEach((node, i) => {
        const left = pixel(axes.x, x[i] - width[i] / 2);
        const top = pixel(axes.y, y[i]);
        node.setAttribute("x", left);
        node.setAttribute("y", top);
        node.setAttribute("width", Math.max(0, pixel(axes.x, x[i] + width[i] / 2) - left));
        node.setAttribute("height", Math.max(0, pixel(axes.y, 0) - top));
      });
    },
    draw: (nodes, { colours }) => nodes.forEach((node, i) => node.setAttribute("fill", colours[i])),
  },
  dots: {
    make: ({ x, marker }) =>
      x.map(() => shape("circle", { r: marker.size / 2, stroke: marker.line.color, "stroke-width": marker.line.width })),
    place(nodes, { x, y }, axes) {
      nodes.forEach((node, i) => {
        node.setAttribute("cx", pixel(axes.x, x[i]));
        node.setAttribute("cy", pixel(axes.y, y[i]));
      });
    },
    draw(nodes, { x, y, colours }, { marker }, axes) {
      if (x) this.place(nodes, { x, y }, axes);
      nodes.forEach((node, i) => node.setAttribute("fill", colours ? colours[i] : marker.color));
    },
  },
  badges: {
    make: ({ x, text, textfont, marker }) =>
      x.flatMap((_, i) => {
        const circle = shape("circle", {
          r: marker.size / 2,
          fill: marker.color[i],
          stroke: marker.line.color,
          "stroke-width": marker.line.width,
        });
        const label = shape("text", {
          fill: [textfont.color].flat()[i],
          "font-size": textfont.size,
          "font-weight": 600,
          "text-anchor": "middle",
          dy: "0.35em",
        });
        label.textContent = text[i];
        return [circle, label];
      }),
    draw(nodes, { x, y }, trace, axes) {
      x.forEach((value, i) => {
        const [px, py] = [pixel(axes.x, value), pixel(axes.y, y[i])];
        nodes[2 * i].setAttribute("cx", px);
        nodes[2 * i].setAttribute("cy", py);
        nodes[2 * i + 1].setAttribute("x", px);
        nodes[2 * i + 1].setAttribute("y", py);
      });
    },
  },
  words: {
    make: () => [],
    draw(nodes, { x, y, text, textfont }, trace, axes, group) {
      group.replaceChildren(
        ...text.map((words, i) => {
          const px = pixel(axes.x, x[i]);
          const before = px > axes.x._offset + axes.x._length / 2;
          const label = shape("text", {
            x: before ? px - BESIDE : px + BESIDE,
            "text-anchor": before ? "end" : "start",
            y: pixel(axes.y, y[i]),
            fill: textfont.color[i],
            "font-size": textfont.size,
          });
          label.textContent = words;
          return label;
        }),
      );
    },
  },
};

function kindOf({ type, mode, meta, stackgroup }) {
  if (meta.role === "share" || stackgroup) return KINDS.columns;
  if (type === "bar") return KINDS.bins;
  if (type === "contour" || mode.startsWith("lines")) return KINDS.line;
  return { markers: KINDS.dots, "markers+text": KINDS.badges, text: KINDS.words }[mode];
}

class Sheet {
  constructor(svg) {
    this.svg = svg;
    this.items = [];
    this.clip = `em-clip-${Math.random().toString(36).slice(2)}`;
  }

  take(traces) {
    this.clips = new Map();
    this.definitions = shape("defs");
    this.items = traces.map((trace) => {
      const kind = kindOf(trace);
      const nodes = kind.make(trace);
      const group = shape("g");
      group.append(...nodes);
      return { trace, kind, nodes, group };
    });
    this.svg.replaceChildren(this.definitions, ...this.items.map(({ group }) => group));
  }

  // After the axes changed. Lines and fills end where their axes end; dots and badges may stand on the edge.
  fit(chart) {
    const rects = new Map();
    for (const { trace, kind, nodes, group } of this.items) {
      const { x, y } = chart.axes(trace);
      kind.place?.(nodes, trace, { x, y });
      const loose = kind === KINDS.dots || kind === KINDS.badges ? 9 : 0;
      const place = [x._offset - loose, y._offset - loose, x._length + 2 * loose, y._length + 2 * loose];
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

  draw(contents, chart) {
    for (const { trace, kind, nodes, group } of this.items) {
      const content = contents[trace.meta.role]?.(trace.meta.k, trace);
      if (content) kind.draw(nodes, content, trace, chart.axes(trace), group);
    }
  }
}
