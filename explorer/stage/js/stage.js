// The conductor. Streamlit calls the default export at the mount and again, on the same node,
// whenever Python sends something new or the theme changes; one Stage a node does the rest.

const GLIDE = 300;
const REST = 200;

const stages = new WeakMap();
const still = matchMedia("(prefers-reduced-motion: reduce)");

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

class Stage extends Hands {
  constructor(root) {
    super(root);
    this.h = 0;
    this.counter = 0;
    this.transport = new Transport(root, (h, held) => this.go(h, held));
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
    }
    if (newPoints) this.points = this.decodePoints(data.points);
    if (newRun) this.handles.build(this.run.K, this.run.d);
    if (newRun || forced) {
      const left = first && window.emLeft?.run === this.run.id && window.emLeft.nonce === data.place.nonce;
      this.h = Math.max(0, Math.min(this.run.last, left ? window.emLeft.h : data.place.halfStep));
      this.reported = null;
    }
    this.point = data.view.point;
    this.component = data.view.component;
    const { query } = data.view;
    if (query !== this.givenQuery && query !== this.sentQuery) this.queryX = this.sentQuery = query;
    this.givenQuery = query;
    const from = newRun && this.h === 0 && !this.draft ? this.shown : null;
    this.draft = newRun ? null : this.draft;
    if (newRun || forced || this.look() !== this.dressed) this.refresh();
    else this.placeOverlay();
    if (from?.mixture.K === run.K && from.mixture.d === run.d && !still.matches) this.glide(from);
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

  // The whole scene anew, at the frame of the cursor.
  refresh() {
    this.stop();
    this.dress();
    this.shown = this.frame();
    this.paintAll();
    this.settle();
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

  // A glide is let finish: the page's redrawing, which follows the news, would make it stutter.
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
      this.glide(this.shown);
    }
    this.resting = setTimeout(() => this.settle(), this.gliding ? GLIDE : REST);
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

  glide(from) {
    this.stop();
    const to = this.frame();
    const interrupted = from.sharer === to.sharer ? this.sharing : null;
    const sharesMove = from.sharer !== to.sharer || interrupted !== null;
    const begun = performance.now();
    this.drawMarks();
    this.placeOverlay();
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
    if (this.draft) this.transport.doubt();
    this.root.querySelector(".em-hint").textContent = this.data.figures.main.hints[h ? "later" : "start"];
    this.transport.say(`${placeText(run, h)}${outcome}. Log-likelihood ${logLikelihood(run.logLikelihoods[h >> 1])}.`);
    this.report();
  }

  // Python's `place` is older than the cursor: a stage mounted anew goes on where the last one was.
  report() {
    window.emLeft = { run: this.run.id, nonce: this.data.place.nonce, h: this.h };
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

  watch() {
    let width = this.root.clientWidth;
    this.resizes = new ResizeObserver(() => {
      const header = document.querySelector('[data-testid="stHeader"]');
      this.root.style.setProperty("--em-top", `${header ? header.offsetHeight : 0}px`);
      if (!this.data || this.root.clientWidth === width || !this.root.clientWidth) return;
      width = this.root.clientWidth;
      requestAnimationFrame(() => this.refresh());
    });
    this.resizes.observe(this.root);
  }
}
