// What lies over the charts and can be taken hold of: number badges, handles, the query line.
// Each is an element of its own, reachable by keyboard; positions come from the chart's axes.

const make = (tag, className, attributes = {}) => {
  const element = document.createElement(tag);
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};

const moveTo = (element, x, y) => (element.style.transform = `translate(${x}px, ${y}px)`);

// Pointer and arrow keys for one element. `moved(x, y)` gets places in the canvas, `nudged(steps)`
// the arrow keys' steps along x and y, `done()` is called when the hand lets go or the keys rest.
function grab(element, canvas, { moved, nudged, done, tapped }) {
  let resting = 0;
  element.addEventListener("pointerdown", (down) => {
    if (down.button !== 0) return;
    down.preventDefault();
    element.setPointerCapture(down.pointerId);
    const box = element.getBoundingClientRect();
    const offset = [down.clientX - box.left - box.width / 2, down.clientY - box.top - box.height / 2];
    let dragged = false;
    const move = (event) => {
      if (!dragged && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 3) return;
      dragged = true;
      const frame = canvas.getBoundingClientRect();
      moved?.(event.clientX - frame.left - offset[0], event.clientY - frame.top - offset[1]);
    };
    const up = () => {
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", up);
      element.removeEventListener("pointercancel", up);
      if (dragged) done?.();
      else tapped?.();
    };
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up);
    element.addEventListener("pointercancel", up);
  });
  element.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.key === "Enter" || event.key === " ") {
      if (tapped) {
        event.preventDefault();
        tapped();
      }
      return;
    }
    const fine = event.shiftKey ? 0.1 : 1;
    if (!step || !nudged || nudged(step[0] * fine, step[1] * fine) === false) return;
    event.preventDefault();
    event.stopPropagation();
    clearTimeout(resting);
    resting = setTimeout(() => done?.(), 500);
  });
}

function badgeDot(k) {
  const dot = make("span", "em-dot");
  dot.style.cssText = `color:var(--em-on-c${k + 1});background:var(--em-c${k + 1})`;
  dot.textContent = k + 1;
  return dot;
}

// prior × density = product → posterior at one place, a row for each component.
function cardTable(mixture, x, y) {
  const shares = new Float64Array(mixture.K);
  posterior(mixture, x, y, shares);
  const table = make("table", "");
  const head = table.createTHead().insertRow();
  for (const word of ["", "prior", "× density", "= product", "posterior"]) {
    const cell = make("th", "");
    cell.textContent = word;
    head.append(cell);
  }
  const body = table.createTBody();
  for (let k = 0; k < mixture.K; k++) {
    const product = Math.exp(logWeightedDensity(mixture, k, x, y));
    const row = body.insertRow();
    row.insertCell().append(badgeDot(k));
    for (const value of [mixture.w[k], product / mixture.w[k], product, shares[k]]) {
      row.insertCell().textContent = number(value);
    }
  }
  return table;
}

// A few words beside the pointer; components' numbers follow their badges.
class Tip {
  constructor(layer) {
    this.layer = layer;
    this.box = make("div", "em-tip");
    this.box.hidden = true;
    layer.append(this.box);
  }

  show(px, py, title, values) {
    const row = make("div", "");
    values.forEach((value, k) => {
      const entry = make("span", "");
      entry.append(badgeDot(k), number(value));
      row.append(entry);
    });
    this.box.replaceChildren(title, row);
    this.box.hidden = false;
    const { clientWidth, clientHeight } = this.layer;
    const left = Math.max(0, Math.min(px + 14, clientWidth - this.box.offsetWidth));
    const above = py - this.box.offsetHeight - 12;
    moveTo(this.box, left, above > 0 ? above : Math.min(py + 16, clientHeight - this.box.offsetHeight));
  }

  hide() {
    this.box.hidden = true;
  }
}

// The badges and, while the start may be changed, the handles of all components.
class Handles {
  constructor(layer, canvas, hooks) {
    Object.assign(this, { layer, canvas, hooks, badges: [], spreads: [], K: 0 });
  }

  build(K, d) {
    for (const element of [...this.badges, ...this.spreads]) element.remove();
    this.K = K;
    this.badges = Array.from({ length: K }, (_, k) => this.badge(k));
    this.spreads = Array.from({ length: K }, (_, k) => this.spread(k, d));
  }

  badge(k) {
    const badge = make("button", "em-badge", { type: "button" });
    badge.style.color = `var(--em-on-c${k + 1})`;
    badge.style.background = `var(--em-c${k + 1})`;
    badge.textContent = k + 1;
    grab(badge, this.canvas, {
      moved: (x, y) => this.hooks.free() && this.hooks.moveMean(k, x, y),
      nudged: (x, y) => this.hooks.free() && this.hooks.nudgeMean(k, x, y),
      done: () => this.hooks.free() && this.hooks.release(),
      tapped: () => this.hooks.choose(k),
    });
    this.layer.append(badge);
    return badge;
  }

  spread(k, d) {
    const what = d === 1 ? "standard deviation" : "size of the ellipse";
    const handle = make("button", "em-handle", { type: "button", title: `Drag: ${what} of component ${k + 1}` });
    handle.setAttribute("aria-label", `${what} of component ${k + 1}: arrow keys or drag`);
    handle.style.setProperty("--em-own", `var(--em-c${k + 1})`);
    grab(handle, this.canvas, {
      moved: (x, y) => this.hooks.moveSpread(k, x, y),
      nudged: (x, y) => this.hooks.nudgeSpread(k, x + y),
      done: () => this.hooks.release(),
    });
    this.layer.append(handle);
    return handle;
  }

  // places: for each component {mean: [px, py], spread: [px, py]}
  place(places, free, chosen, describe) {
    places.forEach(({ mean, spread }, k) => {
      const badge = this.badges[k];
      moveTo(badge, ...mean);
      badge.classList.toggle("em-mean", free);
      badge.classList.toggle("em-chosen", k === chosen);
      badge.setAttribute("aria-pressed", k === chosen);
      badge.setAttribute("aria-label", describe(k));
      badge.title = free ? `Drag: mean of component ${k + 1}` : `Component ${k + 1}`;
      this.spreads[k].hidden = !free;
      moveTo(this.spreads[k], ...spread);
    });
  }
}

const CARD_WIDTH = 300;

// The vertical line that asks: what would a point here belong to?
class QueryLine {
  constructor(layer, canvas, card, hooks) {
    this.card = card;
    this.line = make("div", "em-query", { role: "slider", tabindex: "0", "aria-label": "Query line" });
    this.label = make("span", "");
    this.line.append(this.label);
    grab(this.line, canvas, {
      moved: (x) => hooks.moveTo(x),
      nudged: (x) => hooks.nudge(x),
      done: () => hooks.rest(),
    });
    layer.append(this.line);
  }

  place(mixture, x, axes, digits) {
    const shown = x !== null && axes;
    const px = shown ? pixel(axes.x, x) : 0;
    const inside = shown && px >= axes.x._offset && px <= axes.x._offset + axes.x._length;
    this.line.hidden = this.card.hidden = !inside;
    if (!inside) return;
    this.line.style.left = `${px}px`;
    this.line.style.height = `${axes.y._offset + axes.y._length}px`;
    this.label.textContent = plain(x, digits);
    this.line.setAttribute("aria-valuenow", x);
    this.line.setAttribute("aria-valuemin", axes.x.range[0]);
    this.line.setAttribute("aria-valuemax", axes.x.range[1]);
    this.card.replaceChildren(cardTable(mixture, x, x));
    const onLeft = this.roomierOnTheLeft(mixture, px, axes);
    this.card.style.left = onLeft ? `${axes.x._offset + 6}px` : "auto";
    this.card.style.right = onLeft ? "auto" : `calc(100% - ${axes.x._offset + axes.x._length - 6}px)`;
  }

  // The card goes where the mixture is lower, but never over the line itself.
  roomierOnTheLeft(mixture, px, { x, y }) {
    const [left, right] = [x._offset, x._offset + x._length];
    if (px < left + CARD_WIDTH) return false;
    if (px > right - CARD_WIDTH) return true;
    const highest = (from) =>
      Math.max(...even(from, from + CARD_WIDTH, 15).map((at) => densityAt(mixture, atPixel(x, at))));
    return highest(left) <= highest(right - CARD_WIDTH);
  }
}
