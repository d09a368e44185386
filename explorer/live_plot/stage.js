// The conductor. Streamlit calls the default export at the mount and again, on the same node,
// whenever Python sends something new or the theme changes; one Stage a node does the rest.

const NARROW = 540;
const GLIDE = 300;
const REST = 200;
const TAP_DISTANCE = 10;
const DOUBLE_CLICK = 280;

// The roles drawn on the sheets. The main chart's badges are elements of the overlay instead.
const MOVING = {
  main: ["component", "ghost", "mixture", "posterior", "boundary", "peak", "rug", "histogram", "contours", "path"],
  shares: ["share"],
  trajectory: ["badges", "here"],
};

const stages = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");
const coarse = matchMedia("(pointer: coarse)");

export default function mount({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".em-stage");
  let stage = stages.get(root);
  if (!stage) stages.set(root, (stage = new Stage(root)));
  stage.send = { state: setStateValue, trigger: setTriggerValue };
  stage.newest = data;
  const known = stage.run?.id === data.run.id;
  Promise.all([known ? stage.run : decodeRun(data.run), plotly(data.library)])
    .then(([run]) => stage.newest === data && stage.take(data, run))
    .catch((error) => stage.fail(error));
  return () => setTimeout(() => root.isConnected || stage.close());
}

// To a round step of about a thousandth of the width in view: hands are no finer than that.
function snapped(value, width) {
  const step = 10 ** Math.floor(Math.log10(width / 300));
  return Number((Math.round(value / step) * step).toPrecision(15));
}

// window.Plotly: there already, on its way, or to be fetched from the app's own server.
function plotly(library) {
  if (window.Plotly) return Promise.resolve();
  window.emPlotly ||= library === "static" ? script(staticUrl("plotly.min.js")) : appearance();
  return window.emPlotly;
}

// Streamlit's own script tells where the app lives, whatever base path a proxy puts before it.
function staticUrl(name) {
  const own = document.querySelector('script[type="module"][src*="static/js/"]');
  const base = own ? new URL("../../", own.src) : document.baseURI;
  return new URL(`app/static/${name}`, base).href;
}

function script(url) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = url;
    element.onload = resolve;
    element.onerror = () => {
      window.emPlotly = null;
      element.remove();
      reject(new Error("The chart library could not be loaded. Reload the page to try again."));
    };
    document.head.append(element);
  });
}

function appearance() {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!window.Plotly) return;
      clearInterval(timer);
      resolve();
    }, 30);
  });
}

class Stage {
  constructor(root) {
    this.root = root;
    this.h = 0;
    this.sharing = null; // how far a gliding E-step has come
    this.shown = null; // the frame on the screen, perhaps between two half-steps
    this.point = null;
    this.counter = 0;
    const part = (name) => root.querySelector(name);
    this.main = new Chart(part(".em-main .em-canvas"), MOVING.main);
    this.shares = new Chart(part(".em-shares .em-canvas"), MOVING.shares);
    this.trajectory = new Chart(part(".em-trajectory .em-canvas"), MOVING.trajectory);
    this.transport = new Transport(root, (h, held) => this.go(h, held));
    this.card = make("div", "em-card");
    const overlay = part(".em-main .em-overlay");
    const canvas = part(".em-main .em-canvas");
    this.query = new QueryLine(overlay, canvas, this.card, {
      moveTo: (px) => this.moveQuery(atPixel(this.main.axes().x, px)),
      nudge: (steps) => this.moveQuery(this.queryX + (steps * this.width()) / 100),
      rest: () => this.report(),
    });
    this.handles = new Handles(overlay, canvas, {
      free: () => this.free,
      moveMean: (k, px, py) => this.moveMean(k, atPixel(this.main.axes().x, px), atPixel(this.main.axes().y, py)),
      nudgeMean: (k, dx, dy) => this.nudgeMean(k, dx, dy),
      moveSpread: (k, px, py) => this.moveSpread(k, px, py),
      nudgeSpread: (k, steps) => this.scaleSpread(k, 1.05 ** steps),
      release: () => this.release(),
      choose: (k) => this.chooseComponent(k),
    });
    this.ring = make("div", "em-ring");
    overlay.append(this.ring);
    this.bar = make("div", "em-frame");
    part(".em-shares .em-overlay").append(this.bar);
    this.tips = {
      main: new Tip(overlay),
      shares: new Tip(part(".em-shares .em-overlay")),
      trajectory: new Tip(part(".em-trajectory .em-overlay")),
    };
    this.listen(canvas);
    this.watch();
  }

  // --- what comes from Python ---------------------------------------------------------------

  take(data, run) {
    const first = !this.data;
    const newRun = first || data.run.id !== this.data.run.id;
    const forced = first || data.place.nonce !== this.data.place.nonce;
    const newPoints = first || data.run.dataId !== this.data.run.dataId;
    this.data = data;
    if (newRun) {
      this.transport.pause();
      this.run = run;
      this.draft = null;
    }
    if (newPoints) this.points = this.decodePoints(data.points);
    if (newRun) this.handles.build(this.run.K, this.run.d);
    if (newRun || forced) {
      this.h = Math.max(0, Math.min(this.run.last, data.place.halfStep));
      this.reported = null;
    }
    this.point = data.view.point;
    this.component = data.view.component;
    const { query } = data.view;
    if (query !== this.givenQuery && query !== this.sentQuery) this.queryX = this.sentQuery = query;
    this.givenQuery = query;
    this.dress();
    if (first) this.bindCharts();
    this.root.querySelector(".em-loading").hidden = true;
  }

  decodePoints(points) {
    const columns = Int32Array.from(points.columns);
    return {
      ...points,
      dots: Int32Array.from(points.dots),
      dotValues: doubles(points.dotValues),
      columns,
      columnValues: doubles(points.columnValues),
      binValues: doubles(points.binValues),
    };
  }

  // Templates, colours and layout anew: after new data, a change of theme or of width.
  dress() {
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
    this.root.querySelector(".em-empty").textContent = this.shares.layout.annotations[0].text;
    this.shares.layout.annotations = [];
    if (coarse.matches) this.main.layout.dragmode = false;
    this.captions();
    const beside = !this.narrow && this.run.K <= 4;
    this.root.querySelector(beside ? ".em-main .em-overlay" : ".em-below").append(this.card);
    this.stop();
    this.shown = this.frame();
    this.paintAll();
    this.settle();
  }

  isDark() {
    const probe = getComputedStyle(this.root).getPropertyValue("--st-background-color").trim();
    const canvas = document.createElement("canvas").getContext("2d");
    canvas.fillStyle = "#ffffff";
    canvas.fillStyle = probe || "#ffffff";
    const [red, green, blue] = rgb(canvas.fillStyle);
    return red + green + blue < 384;
  }

  fail(error) {
    const note = this.root.querySelector(".em-loading");
    note.hidden = false;
    note.setAttribute("role", "alert");
    note.textContent = error.message;
    console.error(error);
  }

  close() {
    this.transport.close();
    this.resizes.disconnect();
    document.removeEventListener("keydown", this.onPointKey);
    for (const chart of [this.main, this.shares, this.trajectory]) window.Plotly?.purge(chart.node);
    stages.delete(this.root);
  }

  // --- where we are -------------------------------------------------------------------------

  get free() {
    return this.h === 0 && this.data.view.editable;
  }

  frame() {
    const frame = frameAt(this.run, this.h);
    return this.draft && this.h === 0 ? { ...frame, mixture: this.draft } : frame;
  }

  go(h, held) {
    this.h = h;
    this.draft = null;
    this.transport.show(this.run, h);
    clearTimeout(this.resting);
    if (held || still.matches) {
      this.stop();
      this.shown = this.frame();
      this.soon();
    } else {
      this.glide();
    }
    this.resting = setTimeout(() => this.settle(), REST);
  }

  // At most one painting a screen refresh, however fast the steps come.
  soon() {
    this.painting ||= requestAnimationFrame(() => {
      this.painting = null;
      this.drawAll();
    });
  }

  stop() {
    cancelAnimationFrame(this.gliding);
    cancelAnimationFrame(this.painting);
    this.gliding = this.painting = null;
  }

  glide() {
    this.stop();
    const from = this.shown;
    const to = this.frame();
    const interrupted = from.sharer === to.sharer ? this.sharing : null;
    const sharesMove = from.sharer !== to.sharer || interrupted !== null;
    const begun = performance.now();
    this.drawMarks();
    const turn = (now) => {
      const passed = Math.min(1, Math.max(0, (now - begun) / GLIDE));
      const eased = passed < 0.5 ? 4 * passed ** 3 : 1 - (2 - 2 * passed) ** 3 / 2;
      this.shown = passed < 1 ? { ...to, mixture: mixtureBetween(from.mixture, to.mixture, eased) } : to;
      const { from: owner, s: done } = interrupted || { from: from.sharer, s: 0 };
      this.sharing = passed < 1 ? { from: owner, to: to.sharer, s: done + (1 - done) * eased } : null;
      if (from.mixture !== to.mixture || from.previous !== to.previous) this.drawCurves();
      if (sharesMove) this.drawShares();
      this.gliding = passed < 1 ? requestAnimationFrame(turn) : null;
    };
    this.gliding = requestAnimationFrame(turn);
  }

  // Once the cursor has come to rest: words for those who do not see, and the news for Python.
  settle() {
    const { run, h } = this;
    const frame = this.frame();
    const { labels } = this.data.view;
    const shares = sharesOf(frame.sharer, this.points.columnValues, run.d);
    this.main.node.setAttribute("aria-label", mainDescription(run, h, frame.mixture, labels));
    this.shares.node.setAttribute("aria-label", sharesDescription(run, h, shares, this.points.n));
    this.trajectory.node.setAttribute("aria-label", trajectoryDescription(run, h));
    const outcome = h >= run.last ? `, ${outcomeText(run)}` : "";
    this.transport.show(run, h);
    this.root.querySelector(".em-hint").textContent = this.data.figures.main.hints[h ? "later" : "start"];
    this.transport.say(`${placeText(run, h)}${outcome}. Log-likelihood ${logLikelihood(run.logLikelihoods[h >> 1])}.`);
    this.report();
  }

  report() {
    const cursor = { run: this.run.id, h: this.h, query: this.queryX };
    const text = JSON.stringify(cursor);
    const known = this.reported ?? JSON.stringify({ ...cursor, h: this.data.place.halfStep, query: this.sentQuery });
    this.reported = text;
    if (text === known) return;
    this.sentQuery = this.queryX;
    this.send.state("cursor", cursor);
  }

  edit(kind, entries) {
    this.counter += 1;
    this.send.trigger("edit", { kind, run: this.run.id, n: this.counter, ...entries });
  }

  // --- painting -----------------------------------------------------------------------------

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
      text: cut.map((k) => `\u2003\u2003▲ ${k + 1} peaks at ${number(peakHeight(mixture, k), 3)}`),
      textfont: { size: 12, color: cut.map((k) => this.palette.components[k]) },
    };
  }

  historyValue([quantity, axis], t, k) {
    const { w, m, c, d } = this.run.mixtures[t];
    if (quantity === "weight") return w[k];
    if (quantity === "mean") return m[k * d + axis];
    return quantity === "sd" ? Math.sqrt(c[k]) : c[k];
  }

  // --- what lies over the charts --------------------------------------------------------------

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
    this.bar.hidden = column < 0;
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

  // --- what hands do --------------------------------------------------------------------------

  width() {
    const [left, right] = this.main.axes().x.range;
    return right - left;
  }

  moveQuery(x) {
    const [left, right] = this.main.axes().x.range;
    this.queryX = snapped(Math.max(left, Math.min(right, x)), right - left);
    this.query.place(this.shown.mixture, this.queryX, this.main.axes(), this.points.digits);
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.report(), REST);
  }

  // A copy of the start to change, drawn live until it is released.
  change(alter) {
    const from = this.draft || this.run.mixtures[0];
    const draft = { ...from, w: from.w.slice(), m: from.m.slice(), c: from.c.slice() };
    alter(draft);
    this.draft = draft;
    this.stop();
    this.shown = this.frame();
    this.painting = requestAnimationFrame(() => {
      this.painting = null;
      this.drawCurves();
    });
  }

  moveMean(k, x, y) {
    this.change((draft) => {
      const axes = this.main.axes();
      draft.m[k * draft.d] = snapped(x, axes.x.range[1] - axes.x.range[0]);
      if (draft.d === 2) draft.m[2 * k + 1] = snapped(y, axes.y.range[1] - axes.y.range[0]);
    });
  }

  nudgeMean(k, dx, dy) {
    if (!this.free) return false;
    const { d, m } = this.draft || this.run.mixtures[0];
    const { x, y } = this.main.axes();
    const step = (axis, n) => (n * (axis.range[1] - axis.range[0])) / 100;
    if (d === 1) this.moveMean(k, m[k] + step(x, dx + dy));
    else this.moveMean(k, m[2 * k] + step(x, dx), m[2 * k + 1] + step(y, dy));
  }

  moveSpread(k, px, py) {
    const { d, m, c } = this.draft || this.run.mixtures[0];
    const { x, y } = this.main.axes();
    const reach = Math.abs(atPixel(x, px) - m[k * d]);
    const now = d === 1 ? Math.sqrt(c[k]) : this.data.view.radius * Math.sqrt(c[3 * k]);
    const least = this.width() / 500;
    this.scaleSpread(k, snapped(Math.max(reach, least), this.width()) / now);
  }

  // Tied covariances stay tied: all grow together.
  scaleSpread(k, factor) {
    const tied = this.data.view.covarianceType === "tied";
    this.change((draft) => {
      const size = draft.c.length / draft.K;
      for (let i = 0; i < draft.c.length; i++) {
        if (!tied && Math.floor(i / size) !== k) continue;
        draft.c[i] = Number((draft.c[i] * factor * factor).toPrecision(12));
      }
    });
  }

  release() {
    if (!this.draft) return;
    const { K, d, m, c } = this.draft;
    const rows = Array.from({ length: K }, (_, k) => k);
    this.edit("start", {
      means: rows.map((k) => Array.from(m.subarray(k * d, (k + 1) * d))),
      covariances: rows.map((k) =>
        d === 1 ? [[c[k]]] : [[c[3 * k], c[3 * k + 1]], [c[3 * k + 1], c[3 * k + 2]]]),
    });
  }

  chooseComponent(k) {
    this.component = k;
    this.placeOverlay();
    this.edit("select_component", { index: k });
  }

  selectPoint(index, value) {
    this.point = index === null ? null : { index, value };
    this.placeSelection();
    this.edit("select_point", { index });
  }

  removePoint() {
    if (!this.point) return;
    const { index } = this.point;
    this.point = null;
    this.placeSelection();
    this.edit("remove_point", { index });
  }

  // --- listening ------------------------------------------------------------------------------

  listen(canvas) {
    let waiting = 0;
    let lastTap = 0;
    canvas.addEventListener("pointerdown", (down) => {
      clearTimeout(waiting);
      if (down.button !== 0 || !down.target.closest(".nsewdrag")) return;
      window.addEventListener("pointerup", (up) => {
        if (Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) > 4) return;
        const frame = canvas.getBoundingClientRect();
        const place = [up.clientX - frame.left, up.clientY - frame.top];
        const second = up.timeStamp - lastTap < DOUBLE_CLICK;
        lastTap = up.timeStamp;
        if (second) return this.unzoom();
        const dot = this.dotAt(...place);
        if (dot >= 0) return this.selectDot(dot);
        waiting = setTimeout(() => this.addPoint(...place), DOUBLE_CLICK);
      }, { once: true, capture: true });
    });
    this.onPointKey = (event) => {
      const typing = event.target.closest?.(TYPING);
      if (typing || event.ctrlKey || event.metaKey || !this.data || !this.root.offsetParent) return;
      if (["Delete", "Backspace"].includes(event.key) && this.point) this.removePoint();
      else if (event.key === ",") this.selectNeighbour(-1);
      else if (event.key === ".") this.selectNeighbour(1);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", this.onPointKey);
    this.root.querySelector(".em-unzoom").addEventListener("click", () => this.unzoom());
  }

  unzoom() {
    const { xaxis, yaxis } = this.data.figures.main.layout;
    Plotly.relayout(this.main.node, { "xaxis.range": [...xaxis.range], "yaxis.range": [...yaxis.range] });
  }

  dotAt(px, py) {
    const { dots, dotValues, levels } = this.points;
    const { d } = this.run;
    const { x, y } = this.main.axes();
    const strip = this.main.node._fullLayout.yaxis3;
    let best = -1;
    let nearest = TAP_DISTANCE;
    for (let i = 0; i < dots.length; i++) {
      const across = px - pixel(x, dotValues[i * d]);
      const up = py - (d === 1 ? pixel(strip, levels[i]) : pixel(y, dotValues[2 * i + 1]));
      const distance = Math.hypot(across, up);
      if (distance < nearest) [best, nearest] = [i, distance];
    }
    return best;
  }

  selectDot(i) {
    this.selectPoint(this.points.dots[i], this.dotValue(i));
  }

  addPoint(px, py) {
    const { x, y } = this.main.axes();
    const place = (axis, at) => snapped(atPixel(axis, at), axis.range[1] - axis.range[0]);
    this.edit("add_point", { value: this.run.d === 1 ? [place(x, px)] : [place(x, px), place(y, py)] });
  }

  bindCharts() {
    this.main.node.on("plotly_relayout", () => {
      this.main.sheet.fit(this.main);
      this.drawAll();
    });
    const over = (chart, tip, at, act) => {
      const canvas = chart.node.parentElement;
      const place = (event) => {
        const box = canvas.getBoundingClientRect();
        return [event.clientX - box.left, event.clientY - box.top];
      };
      canvas.addEventListener("pointermove", (event) => {
        const found = event.buttons ? null : at(...place(event));
        if (found) tip.show(...place(event), found.title, found.values);
        else tip.hide();
      });
      canvas.addEventListener("pointerleave", () => tip.hide());
      if (act) canvas.addEventListener("click", (event) => act(at(...place(event))));
    };
    over(this.main, this.tips.main, (px, py) => {
      const dot = this.dotAt(px, py);
      return dot < 0 ? null : this.pointWords(this.points.dots[dot], this.dotValue(dot));
    });
    over(this.shares, this.tips.shares, (px, py) => this.columnAt(px, py), (found) => {
      if (found) this.selectPoint(found.index, found.value);
    });
    over(this.trajectory, this.tips.trajectory, (px, py) => this.momentAt(px, py), (found) => {
      if (found) this.transport.go(found.h);
    });
  }

  pointWords(index, value) {
    const { run, shown } = this;
    const shares = shown.sharer ? sharesOf(shown.sharer, value, run.d) : [];
    const text = Array.from(value, (v) => plain(v, this.points.digits)).join(", ");
    return { index, value, title: `Point ${index + 1}: ${text}`, values: Array.from(shares) };
  }

  dotValue(i) {
    const { d } = this.run;
    return Array.from(this.points.dotValues.subarray(i * d, (i + 1) * d));
  }

  columnValue(i) {
    const { d } = this.run;
    return Array.from(this.points.columnValues.subarray(i * d, (i + 1) * d));
  }

  columnAt(px, py) {
    const { x, y } = this.shares.axes();
    const column = Math.round(atPixel(x, px)) - 1;
    const { columns } = this.points;
    if (column < 0 || column >= columns.length || py > y._offset + y._length + 20) return null;
    return this.pointWords(columns[column], this.columnValue(column));
  }

  // The half-step of the trajectory under the pointer, and what its panel shows there.
  momentAt(px, py) {
    const full = this.trajectory.node._fullLayout;
    for (let place = 1; place <= 4; place++) {
      const name = place > 1 ? place : "";
      const [x, y] = [full[`xaxis${name}`], full[`yaxis${name}`]];
      const across = px >= x._offset - 10 && px <= x._offset + x._length + 10;
      if (!across || py < y._offset - 10 || py > y._offset + y._length + 10) continue;
      const h = Math.max(0, Math.min(this.run.last, Math.round(2 * atPixel(x, px))));
      return { h, ...this.momentWords(place, h) };
    }
    return null;
  }

  momentWords(place, h) {
    const { run } = this;
    if (place === 4) {
      const bound = lowerBoundAt(run, h);
      const words = `log-likelihood ${logLikelihood(run.logLikelihoods[h >> 1])}`;
      const more = bound === null ? "" : `, lower bound ${logLikelihood(bound)}`;
      return { title: `${placeText(run, h)}: ${words}${more}`, values: [] };
    }
    const badges = this.trajectory.traces.filter(({ meta }) => meta.role === "badges");
    const { quantity } = badges[place - 1].meta;
    const values = Array.from({ length: run.K }, (_, k) => this.historyValue(quantity, h >> 1, k));
    return { title: `${placeText(run, h)}`, values };
  }

  // Step through the points in the order of the bars.
  selectNeighbour(step) {
    const { columns } = this.points;
    const at = this.point ? columns.indexOf(this.point.index) : step > 0 ? -1 : columns.length;
    const column = Math.max(0, Math.min(columns.length - 1, at + step));
    this.selectPoint(columns[column], this.columnValue(column));
  }

  watch() {
    let width = this.root.clientWidth;
    this.resizes = new ResizeObserver(() => {
      const header = document.querySelector('[data-testid="stHeader"]');
      this.root.style.setProperty("--em-top", `${header ? header.offsetHeight : 0}px`);
      if (!this.data || this.root.clientWidth === width || !this.root.clientWidth) return;
      width = this.root.clientWidth;
      requestAnimationFrame(() => this.dress());
    });
    this.resizes.observe(this.root);
  }
}
