// Hands on the scene: dragging the start, moving the query line, pointing at points and bars.

const TAP_DISTANCE = 10;
const DOUBLE_CLICK = 280;

// To a round step of about a thousandth of the width in view: hands are no finer than that.
function snapped(value, width) {
  const step = 10 ** Math.floor(Math.log10(width / 300));
  return Number((Math.round(value / step) * step).toPrecision(15));
}

class Hands extends Scene {
  constructor(root) {
    super(root);
    const overlay = root.querySelector(".em-main .em-overlay");
    const canvas = root.querySelector(".em-main .em-canvas");
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
    this.tips = {
      main: new Tip(overlay),
      shares: new Tip(root.querySelector(".em-shares .em-overlay")),
      trajectory: new Tip(root.querySelector(".em-trajectory .em-overlay")),
    };
    this.listen(canvas);
  }

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
    if (!this.free) return;
    const from = this.draft || this.run.mixtures[0];
    const draft = { ...from, w: from.w.slice(), m: from.m.slice(), c: from.c.slice() };
    alter(draft);
    this.draft = draft;
    this.stop();
    this.shown = this.frame();
    this.transport.doubt();
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
    const start = this.run.mixtures[0];
    if (m.every((value, i) => value === start.m[i]) && c.every((value, i) => value === start.c[i])) {
      this.draft = null;
      this.transport.readout(this.run, this.h);
      return;
    }
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
}
