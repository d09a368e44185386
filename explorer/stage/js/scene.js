// The scene: three charts and what lies over them, drawn from the frame in `shown`.

const NARROW = 540;

// The roles drawn on the sheets. The main chart's badges are elements of the overlay instead.
const MOVING = {
  main: ["component", "ghost", "mixture", "posterior", "boundary", "peak", "rug", "histogram", "contours", "path"],
  shares: ["share"],
  trajectory: ["badges", "here"],
};

const coarse = matchMedia("(pointer: coarse)");

class Scene {
  constructor(root) {
    this.root = root;
    this.shown = null; // the frame on the screen, perhaps between two half-steps
    this.sharing = null; // how far a gliding E-step has come
    this.point = null;
    const part = (name) => root.querySelector(name);
    this.main = new Chart(part(".em-main .em-canvas"), MOVING.main);
    this.shares = new Chart(part(".em-shares .em-canvas"), MOVING.shares);
    this.trajectory = new Chart(part(".em-trajectory .em-canvas"), MOVING.trajectory);
    this.card = make("div", "em-card");
    this.ring = make("div", "em-ring");
    this.bar = make("div", "em-frame");
    part(".em-main .em-overlay").append(this.ring);
    part(".em-shares .em-overlay").append(this.bar);
  }

  // All that the papers depend on besides the run.
  look() {
    return JSON.stringify([this.data.figures, this.isDark(), this.root.clientWidth]);
  }

  // Templates, colours and layout anew: after new data, a change of theme or of width.
  dress() {
    this.dressed = this.look();
    const dark = this.isDark();
    this.root.dataset.theme = dark ? "dark" : "light";
    const { light } = this.data.palette;
    this.palette = dark ? this.data.palette.dark : light;
    const swap = dark ? colourSwap(light, this.palette) : new Map();
    this.narrow = this.root.clientWidth <= NARROW;
    const { main, shares, trajectory } = this.data.figures;
    this.root.querySelector(".em-main").classList.toggle("em-two", this.run.d === 2);
    this.main.take(main, swap, this.narrow);
    this.shares.take(shares, swap, this.narrow);
    this.trajectory.take(trajectory, swap, this.narrow);
    this.root.querySelector(".em-empty").textContent = this.run.last
      ? this.shares.layout.annotations[0].text
      : `No step can be taken from this start: ${outcomeText(this.run)}`;
    this.shares.layout.annotations = [];
    if (coarse.matches) this.main.layout.dragmode = false;
    for (const chart of [this.main, this.shares, this.trajectory]) {
      chart.layout.font.family = getComputedStyle(this.root).fontFamily;
    }
    this.captions();
    const beside = !this.narrow && this.run.K <= 4;
    this.root.querySelector(beside ? ".em-main .em-overlay" : ".em-below").append(this.card);
  }

  isDark() {
    const probe = getComputedStyle(this.root).getPropertyValue("--st-background-color").trim();
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = "#ffffff";
    canvas.fillStyle = probe || "#ffffff";
    const [red, green, blue] = rgb(canvas.fillStyle);
    return red + green + blue < 384;
  }

  // Everything anew, the papers too.
  paintAll() {
    for (const chart of [this.main, this.shares, this.trajectory]) chart.paint();
    this.drawAll();
  }

  drawAll() {
    this.sharing = null;
    this.drawCurves();
    this.drawShares();
    this.drawMarks();
  }

  sharesAt(points) {
    const { from, to, s } = this.sharing || { from: null, to: this.shown.sharer, s: 1 };
    return sharesBetween(from, to, s, points, this.run.d);
  }

  // What the M-step moves.
  drawCurves() {
    const { run, shown } = this;
    const { x, y } = this.main.axes();
    const view = { left: x.range[0], right: x.range[1], top: y.range[1] };
    this.main.draw(
      run.d === 1
        ? { ...densityTraces(shown, view, this.data.view.posterior), peak: () => this.peaks(view.top) }
        : planeTraces(run, shown, { x, y }, this.data.view.radius),
    );
    this.placeOverlay();
  }

  // What the E-step colours.
  drawShares() {
    const { K, d } = this.run;
    const { dotValues, binValues, columnValues, columns } = this.points;
    const coloured = (values) => () => ({
      colours: blended(this.sharesAt(values), K, values.length / d, this.palette),
    });
    this.main.draw({ rug: coloured(dotValues), histogram: coloured(binValues) });
    this.shares.draw(shareColumns(this.sharesAt(columnValues), K, columns.length, this.shares.layout.bargap));
    this.root.querySelector(".em-empty").hidden = this.h > 0;
  }

  // Where the run is, on the trajectory.
  drawMarks() {
    const { run, h } = this;
    const all = Array.from({ length: run.K }, (_, k) => k);
    this.trajectory.draw({
      badges: (_, { meta }) => ({
        x: all.map(() => h >> 1),
        y: all.map((k) => this.historyValue(meta.quantity, h >> 1, k)),
      }),
      here: () => ({ x: [h / 2], y: [run.logLikelihoods[h >> 1]] }),
    });
  }

  peaks(top) {
    const mixture = this.shown.mixture;
    const cut = Array.from({ length: mixture.K }, (_, k) => k).filter((k) => peakHeight(mixture, k) > top);
    return {
      x: cut.map((k) => mixture.m[k]),
      y: cut.map((_, i) => top * (0.96 - 0.07 * i)),
      text: cut.map((k) => `▲ ${k + 1} peaks at ${number(peakHeight(mixture, k), 3)}`),
      textfont: { size: 12, color: cut.map((k) => this.palette.components[k]) },
    };
  }

  historyValue([quantity, axis], t, k) {
    const { w, m, c, d } = this.run.mixtures[t];
    if (quantity === "weight") return w[k];
    if (quantity === "mean") return m[k * d + axis];
    return quantity === "sd" ? Math.sqrt(c[k]) : c[k];
  }

  placeOverlay() {
    const { run, shown } = this;
    const axes = this.main.axes();
    const { mixture } = shown;
    const places = Array.from({ length: run.K }, (_, k) => (run.d === 1 ? this.placesOnCurve(mixture, k, axes) : this.placesInPlane(mixture, k, axes)));
    const describe = (k) => {
      const mean = Array.from(mixture.m.subarray(k * run.d, (k + 1) * run.d), (v) => number(v)).join(", ");
      return this.free ? `Mean of component ${k + 1}: ${mean}. Arrow keys or drag to move` : `Component ${k + 1}, mean ${mean}`;
    };
    this.handles.place(places, this.free, this.component, describe);
    this.query.place(mixture, run.d === 1 ? this.queryX : null, axes, this.points.digits);
    this.placeSelection();
    this.root.querySelector(".em-unzoom").hidden = !this.zoomed();
  }

  placesOnCurve(mixture, k, { x, y }) {
    const within = (height) => pixel(y, Math.max(y.range[0], Math.min(height, y.range[1])));
    const sd = Math.sqrt(mixture.c[k]);
    const mean = pixel(x, mixture.m[k]);
    const reach = Math.max(pixel(x, mixture.m[k] + sd) - mean, 22);
    const side = mean + reach <= x._offset + x._length ? 1 : -1;
    const edge = Math.exp(logWeightedDensity(mixture, k, mixture.m[k] + sd));
    return {
      mean: [mean, within(peakHeight(mixture, k))],
      spread: [mean + side * reach, within(edge)],
    };
  }

  placesInPlane(mixture, k, { x, y }) {
    const { radius } = this.data.view;
    const mean = [pixel(x, mixture.m[2 * k]), pixel(y, mixture.m[2 * k + 1])];
    const edge = pixel(x, mixture.m[2 * k] + radius * Math.sqrt(mixture.c[3 * k]));
    const correlation = mixture.c[3 * k + 1] / Math.sqrt(mixture.c[3 * k] * mixture.c[3 * k + 2]);
    const rise = correlation * radius * Math.sqrt(mixture.c[3 * k + 2]);
    const reach = Math.max(edge - mean[0], 22);
    const side = mean[0] + reach <= x._offset + x._length ? 1 : -1;
    return { mean, spread: [mean[0] + side * reach, pixel(y, mixture.m[2 * k + 1] + side * rise)] };
  }

  placeSelection() {
    const axes = this.main.axes();
    const { point, run, points } = this;
    const dot = point === null ? -1 : points.dots.indexOf(point.index);
    this.ring.hidden = dot < 0;
    if (!this.ring.hidden) {
      const strip = this.main.node._fullLayout.yaxis3;
      const value = (j) => points.dotValues[dot * run.d + j];
      const py = run.d === 1 ? pixel(strip, points.levels[dot]) : pixel(axes.y, value(1));
      moveTo(this.ring, pixel(axes.x, value(0)), py);
    }
    const column = point === null ? -1 : points.columns.indexOf(point.index);
    const bars = this.shares.axes();
    this.bar.hidden = column < 0 || this.h === 0;
    if (!this.bar.hidden) {
      const left = pixel(bars.x, column + 0.5);
      this.bar.style.left = `${left}px`;
      this.bar.style.width = `${pixel(bars.x, column + 1.5) - left}px`;
      this.bar.style.top = `${bars.y._offset}px`;
      this.bar.style.height = `${bars.y._length}px`;
    }
    this.describeSelection();
  }

  describeSelection() {
    const line = this.root.querySelector(".em-selected");
    const text = this.point && `Point ${this.point.index + 1}: ${this.point.value.map((v) => plain(v, this.points.digits)).join(", ")}`;
    line.hidden = !text;
    this.root.querySelector(".em-hint").hidden = Boolean(text);
    if (!text || line.dataset.text === text) return;
    line.dataset.text = text;
    const words = make("span", "");
    words.textContent = text;
    const button = (label, act) => {
      const element = make("button", "", { type: "button" });
      element.textContent = label;
      element.addEventListener("click", act);
      return element;
    };
    line.replaceChildren(
      words,
      button("Remove", () => this.removePoint()),
      button("Deselect", () => this.selectPoint(null)),
    );
  }

  zoomed() {
    const ranges = (layout) => [layout.xaxis.range, layout.yaxis.range].flat();
    const now = ranges(this.main.node._fullLayout);
    const whole = ranges(this.data.figures.main.layout);
    return now.some((value, i) => Math.abs(value - whole[i]) > 1e-9 * (1 + Math.abs(whole[i])));
  }

  captions() {
    const { legend, caption } = this.data.figures.main;
    const title = this.root.querySelector(".em-main figcaption b");
    title.textContent = caption;
    const entries = legend.map(([mark, text]) => {
      const entry = make("span", "");
      entry.append(make("i", mark));
      entry.append(text);
      return entry;
    });
    this.root.querySelector(".em-legend").replaceChildren(...entries);
    this.root.querySelector(".em-shares .em-caption").textContent = this.data.figures.shares.caption;
    this.root.querySelector(".em-trajectory .em-caption").textContent = this.data.figures.trajectory.caption;
  }
}
