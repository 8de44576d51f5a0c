// SPDX-License-Identifier: MIT
// One model's points on a canvas, at any time of their way.
import {make} from "/controls.js";

const kTrails = 250;  // of how many points the way is drawn

/** Numbers of base64 of little-endian floats. */
export function floats(base64) {
  return new Float32Array(Uint8Array.from(atob(base64), c => c.charCodeAt(0)).buffer);
}

/** A path whose states are numbers, each with the share of the way that lies behind it. */
export function readPath(path) {
  const t = path.times, all = t.at(-1) - t[0];
  return {...path, states: path.states.map(floats), shares: t.map(one => (one - t[0]) / all)};
}

/** The states that time `share` lies between, and where. */
function place(path, share) {
  let i = 1;
  while (i < path.shares.length - 1 && path.shares[i] < share) ++i;
  const [from, to] = [path.shares[i - 1], path.shares[i]];
  return {i, s: Math.min(1, Math.max(0, (share - from) / (to - from || 1)))};
}

/** Samplers move points along straight lines between two states. */
function positions(path, share) {
  const {i, s} = place(path, share), a = path.states[i - 1], b = path.states[i];
  return a.map((x, k) => x + s * (b[k] - x));
}

export class FlowPanel {
  constructor(id, follow) {
    this.canvas = make("canvas", {role: "img", tabindex: 0, id: `flow-${id}`});
    this.title = make("h2");
    this.fact = make("p");
    this.figure = make("figure", {class: "flow"}, this.canvas, make("figcaption", {}, this.title, this.fact));
    this.canvas.addEventListener("click", event => {
      const box = this.canvas.getBoundingClientRect();
      follow(this.nearest((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height));
    });
    this.canvas.addEventListener("keydown", event => {
      const by = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (by) { event.preventDefault(); follow("next", by); }
    });
    new ResizeObserver(() => this.fit()).observe(this.canvas);
  }

  fit() {
    const side = Math.round(this.canvas.clientWidth * Math.min(2, devicePixelRatio || 1));
    if (!side || side === this.canvas.width) return;
    this.canvas.width = this.canvas.height = side;
    if (this.scene) this.draw(this.scene);
  }

  take(model, path, fine, view) {
    Object.assign(this, {model, path, fine});
    const [x0, x1, y0, y1] = view, side = Math.max(x1 - x0, y1 - y0) * 1.3, first = path.states[0];
    Object.assign(this, {x: (x0 + x1) / 2 - side / 2, y: (y0 + y1) / 2 - side / 2, side});
    // A point's colour is the direction that it starts in: the same in every panel.
    this.hues = Array.from({length: first.length / 2}, (_, i) => Math.floor((Math.atan2(first[2 * i + 1], first[2 * i]) / Math.PI + 1) * 12) % 24);
    this.title.textContent = model.model;
    const calls = path.steps === 1 ? "1 step" : `${path.steps} steps`;
    this.fact.textContent = `${model.objective}, ${calls}: ${path.ms.toFixed(1)} ms for ${this.hues.length} points`;
  }

  px(x) { return (x - this.x) / this.side * this.canvas.width; }
  py(y) { return (1 - (y - this.y) / this.side) * this.canvas.height; }

  nearest(fx, fy) {
    const at = positions(this.path, this.scene.share), x = this.x + fx * this.side, y = this.y + (1 - fy) * this.side;
    let best = 0, least = Infinity;
    for (let i = 0; i < at.length; i += 2) {
      const far = (at[i] - x) ** 2 + (at[i + 1] - y) ** 2;
      if (far < least) [best, least] = [i / 2, far];
    }
    return best;
  }

  way(pen, path, i, share) {
    const {i: last} = place(path, share), here = positions(path, share);
    pen.beginPath();
    for (let k = 0; k < last; ++k) pen.lineTo(this.px(path.states[k][2 * i]), this.py(path.states[k][2 * i + 1]));
    pen.lineTo(this.px(here[2 * i]), this.py(here[2 * i + 1]));
    pen.stroke();
  }

  dots(pen, xs, size, colour) {
    for (let i = 0; i < xs.length / 2; ++i) {
      if (typeof colour !== "string") pen.fillStyle = colour(i);
      pen.fillRect(this.px(xs[2 * i]) - size / 2, this.py(xs[2 * i + 1]) - size / 2, size, size);
    }
  }

  /** scene: {share of the way, time as text, trails, data or null, followed point or null}. */
  draw(scene) {
    this.scene = scene;
    const pen = this.canvas.getContext("2d"), style = getComputedStyle(document.documentElement);
    const unit = this.canvas.width / 320, dark = style.colorScheme === "dark", ink = style.getPropertyValue("--ink");
    const colour = i => `hsl(${this.hues[i] * 15} ${dark ? "60% 66%" : "62% 42%"})`;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (scene.data) {
      pen.fillStyle = style.getPropertyValue("--edge");
      pen.globalAlpha = 0.3;
      this.dots(pen, scene.data, 1.8 * unit, "data");
    }
    const here = positions(this.path, scene.share), count = here.length / 2, one = scene.followed;
    if (scene.trails) this.trails(pen, here, colour, unit, scene.share);
    pen.globalAlpha = one === null ? 0.9 : 0.5;
    this.dots(pen, here, 2.6 * unit, colour);
    pen.globalAlpha = 1;
    if (one !== null && one < count) this.followed(pen, one, ink, style.getPropertyValue("--accent"), unit, scene.share);
    this.canvas.setAttribute("aria-label", `${this.model.model}: ${count} points at ${scene.time}, ${this.path.steps} steps`);
  }

  trails(pen, here, colour, unit, share) {
    pen.lineWidth = 0.7 * unit;
    pen.globalAlpha = 0.22;
    const {i: last} = place(this.path, share), count = Math.min(kTrails, here.length / 2);
    for (let i = 0; i < count; ++i) {
      pen.strokeStyle = colour(i);
      pen.beginPath();
      for (let k = 0; k < last; ++k) pen.lineTo(this.px(this.path.states[k][2 * i]), this.py(this.path.states[k][2 * i + 1]));
      pen.lineTo(this.px(here[2 * i]), this.py(here[2 * i + 1]));
      pen.stroke();
    }
  }

  /** The way in many small steps, thin; the steps taken, thick, with a dot at each. */
  followed(pen, i, ink, accent, unit, share) {
    pen.strokeStyle = ink;
    pen.lineWidth = 1.2 * unit;
    this.way(pen, this.fine, i, 1);
    pen.strokeStyle = pen.fillStyle = accent;
    pen.lineWidth = 2.6 * unit;
    this.way(pen, this.path, i, share);
    const here = positions(this.path, share), marks = this.path.states.filter((_, k) => this.path.shares[k] <= share);
    for (const state of this.path.steps <= 8 ? [...marks, here] : [marks[0], here]) {
      pen.beginPath();
      pen.arc(this.px(state[2 * i]), this.py(state[2 * i + 1]), 3.2 * unit, 0, 7);
      pen.fill();
    }
  }
}
