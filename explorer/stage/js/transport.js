// The transport bar: buttons, scrubber, keys and play. It knows where the run is and where to go.

const PLAY_INTERVAL = 700;
const PLAY_AT_MOST = 20000;
const TYPING =
  "input:not(.em-scrubber), textarea, select, [contenteditable=true], [role=slider], [role=radio], [role=tab], " +
  "[role=combobox], [role=listbox], [role=spinbutton], [role=grid], [role=dialog], [role=menu], canvas, iframe";
const PRESSABLE = "button, a, summary, [role=button], [role=checkbox], [role=switch], input:not(.em-scrubber)";

const PLAY_SHAPE = "M4 2.5 13 8l-9 5.5z";
const PAUSE_SHAPE = "M4 3h2.6v10H4zM9.4 3H12v10H9.4z";

// Where each action leads from half-step h of a run that ends at `last`.
const DESTINATIONS = {
  start: () => 0,
  back: (h) => h - 1,
  next: (h) => h + 1,
  iterate: (h) => 2 * ((h >> 1) + 1),
  uniterate: (h) => 2 * (((h + 1) >> 1) - 1),
  ten: (h) => 2 * ((h >> 1) + 10),
  run: (h, last) => last,
};

class Transport {
  // go(h, {held}) moves the run; `held` when steps come faster than a glide.
  constructor(root, go) {
    this.root = root;
    this.goTo = go;
    this.h = 0;
    this.last = 0;
    this.timer = null;
    this.bar = root.querySelector(".em-bar");
    this.scrubber = root.querySelector(".em-scrubber");
    this.bar.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) this.act(button.dataset.act);
    });
    this.scrubber.addEventListener("input", () => this.go(Number(this.scrubber.value), true));
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.onPointer = (event) => event.target.closest(".em-keys") || this.closeHelp();
    document.addEventListener("pointerdown", this.onPointer);
  }

  close() {
    this.pause();
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("pointerdown", this.onPointer);
  }

  closeHelp() {
    this.bar.querySelector(".em-keys").open = false;
  }

  act(name, held = false) {
    if (name === "play") return this.timer ? this.pause() : this.play();
    this.go(DESTINATIONS[name](this.h, this.last), held);
  }

  go(h, held = false, playing = false) {
    if (!playing) this.pause();
    const within = Math.max(0, Math.min(this.last, h));
    if (within !== this.h) this.goTo(within, held);
  }

  play() {
    if (this.h >= this.last) this.goTo(0, true);
    const interval = Math.max(40, Math.min(PLAY_INTERVAL, PLAY_AT_MOST / (this.last - this.h)));
    const step = () => {
      this.go(this.h + 1, interval < 150, true);
      if (this.h >= this.last) this.pause();
    };
    this.timer = setInterval(step, interval);
    step();
    this.showPlaying();
  }

  pause() {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.showPlaying();
  }

  key(event) {
    if (event.key === "Escape") this.closeHelp();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.root.offsetParent || event.target.closest?.(TYPING)) return;
    if (event.key === " " && event.target.closest?.(PRESSABLE)) return;
    const action = {
      ArrowRight: event.shiftKey ? "iterate" : "next",
      ArrowLeft: event.shiftKey ? "uniterate" : "back",
      Home: "start",
      End: "run",
      " ": "play",
    }[event.key];
    if (!action) return;
    event.preventDefault();
    this.act(action, event.repeat);
  }

  // Show half-step h of the run: labels, what is possible, the read-out.
  show(run, h) {
    this.h = h;
    this.last = run.last;
    this.scrubber.max = run.last;
    this.scrubber.value = h;
    this.scrubber.setAttribute("aria-valuetext", placeText(run, h));
    const atEnd = h >= run.last;
    for (const button of this.bar.querySelectorAll("[data-act]")) {
      const backward = ["start", "back"].includes(button.dataset.act);
      button.disabled = button.dataset.act === "play" ? run.last === 0 : backward ? h === 0 : atEnd;
    }
    const next = this.bar.querySelector(".em-next");
    const step = h % 2 ? "M-step" : "E-step";
    next.querySelector("span").textContent = atEnd ? ENDS[run.outcome] || "The end" : step;
    next.title = h % 2 ? "Move the curves to the points they own (→)" : "Share out the points (→)";
    this.readout(run, h);
  }

  readout(run, h) {
    const find = (name) => this.bar.querySelector(name);
    find(".em-place").textContent = placeText(run, h);
    find(".em-outcome").textContent = h >= run.last ? outcomeText(run) : "";
    const value = run.logLikelihoods[h >> 1];
    const parts = [make("i", ""), make("b", "")];
    parts[0].textContent = "log-likelihood ";
    parts[1].textContent = logLikelihood(value);
    if (phaseOf(h) === "M") {
      parts.push(make("i", ""));
      parts[2].textContent = ` ${signed(value - run.logLikelihoods[(h >> 1) - 1])}`;
      parts[2].title = "Gained by this iteration";
    }
    find(".em-likelihood").replaceChildren(...parts);
  }

  // While a start is being dragged its log-likelihood is not known.
  doubt() {
    this.bar.querySelector(".em-likelihood b").textContent = "…";
  }

  showPlaying() {
    const button = this.bar.querySelector(".em-play");
    button.setAttribute("aria-label", this.timer ? "Pause" : "Play");
    button.querySelector("span").textContent = this.timer ? "Pause" : "Play";
    button.querySelector("path").setAttribute("d", this.timer ? PAUSE_SHAPE : PLAY_SHAPE);
  }

  say(sentence) {
    this.bar.querySelector(".em-status").textContent = sentence;
  }
}
