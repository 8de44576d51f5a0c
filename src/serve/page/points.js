// SPDX-License-Identifier: MIT
// Noise that flows to data: the same points moved by several models, at any time of the way.
import {Follower} from "/api.js";
import {anySeed, byId, chip, emptiness, notice, plainMotion, tell} from "/controls.js";
import {essay} from "/essay.js";
import {floats, FlowPanel, readPath} from "/flow_panel.js";

const stepChoices = [1, 2, 4, 8, 100], fine = 100, order = ["fm", "mf", "imf"], kMostPanels = 6, count = 1000;
const rank = model => (order.indexOf(model.objective) + 1 || 9);

class Points {
  constructor(context) {
    Object.assign(this, {context, steps: 1, seed: 0, panels: [], followed: null, answer: null, playing: 0});
    this.follower = new Follower(context.stream, "points", "/api/points", () => this.question(), answer => this.show(answer),
                                 error => notice("points-notice", error), 3000);
    const known = stepChoices.filter(n => n <= context.list.limits.steps);
    byId("point-steps").append(...known.map(n => chip("radio", "point-steps", `${n}`, n === 1, () => { this.steps = n; this.show(this.answer); })));
    byId("time").addEventListener("input", () => { this.stop(); this.draw(); });
    for (const id of ["trails", "show-data"]) byId(id).addEventListener("change", () => this.draw());
    byId("play").addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    byId("points-dice").addEventListener("click", () => { this.seed = anySeed(); this.follower.draw(); });
    addEventListener("theme", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    essay(byId("essay"));
  }

  get models() {
    return this.context.list.models.filter(m => m.kind === "points").sort((a, b) => rank(a) - rank(b)).slice(0, kMostPanels);
  }

  /** Models came, went or have newer checkpoints. */
  outdated() {
    return this.asked !== JSON.stringify(this.models.map(m => [m.name, m.step]));
  }

  question() {
    this.asked = JSON.stringify(this.models.map(m => [m.name, m.step]));
    const steps = stepChoices.filter(n => n <= this.context.list.limits.steps);
    return {models: this.models.map(m => m.id), steps, count, seed: this.seed, states: 51, data: 1500};
  }

  show(answer) {
    if (!answer) return;
    notice("points-notice", null);
    if (answer !== this.answer) {
      answer.points = answer.data ? floats(answer.data) : null;
      for (const model of answer.models) model.paths = model.paths.map(readPath);
      this.answer = answer;
    }
    while (this.panels.length < answer.models.length) this.panels.push(new FlowPanel(this.panels.length, (i, by) => this.follow(i, by)));
    this.panels.length = answer.models.length;
    if (byId("panels").children.length !== this.panels.length) byId("panels").replaceChildren(...this.panels.map(panel => panel.figure));
    const view = answer.view ?? [-2, 2, -2, 2];
    answer.models.forEach((model, i) => {
      const many = model.paths.at(-1), path = model.paths.find(one => one.steps === this.steps) ?? many;
      this.panels[i].take(model, path, many, view);
      this.panels[i].fit();
    });
    this.draw();
    byId("panels").dataset.shown = +(byId("panels").dataset.shown ?? 0) + 1;
    tell(`${answer.models.map(m => m.model).join(", ")} in ${this.steps} steps`);
    if (this.greet && !plainMotion()) this.play();
    this.greet = false;
  }

  follow(i, by) {
    this.followed = i === "next" ? (((this.followed ?? -1) + by) % count + count) % count : i === this.followed ? null : i;
    this.draw();
  }

  draw() {
    if (!this.answer) return;
    const share = +byId("time").value / 1000, [from, to] = [this.answer.models[0].paths[0].times[0], this.answer.models[0].paths[0].times.at(-1)];
    const time = `t = ${(from + share * (to - from)).toFixed(2)}`;
    byId("time-value").textContent = time;
    byId("time").setAttribute("aria-valuetext", `${time}, ${share === 0 ? "noise" : share === 1 ? "data" : `${Math.round(share * 100)} percent of the way`}`);
    const scene = {share, time, trails: byId("trails").checked, data: byId("show-data").checked ? this.answer.points : null, followed: this.followed};
    for (const panel of this.panels) panel.draw(scene);
  }

  play() {
    const began = performance.now(), from = +byId("time").value >= 1000 ? 0 : +byId("time").value / 1000, length = 3200 * (1 - from);
    byId("play").textContent = "Pause";
    const frame = now => {
      const p = Math.min(1, from + (now - began) / length * (1 - from));
      byId("time").value = Math.round(Math.max(from, p) * 1000);
      this.draw();
      if (p < 1) this.playing = requestAnimationFrame(frame);
      else this.stop();
    };
    this.playing = requestAnimationFrame(frame);
  }

  stop() {
    cancelAnimationFrame(this.playing);
    this.playing = 0;
    byId("play").textContent = "Play";
  }
}

export function startPoints(context) {
  let view = null, entered = false;
  const any = () => context.list.models.some(m => m.kind === "points");
  const enter = () => {
    entered = true;
    byId("points-bench").hidden = !any();
    byId("points-empty").hidden = any();
    if (!any())
      return emptiness("points-empty", "No model of points here", "Models of points in the plane are small: three of them train in a minute or two, and stand here side by side.",
                       "for o in fm mf imf; do meanflow train toy/$o --out runs/$o; done\nmeanflow serve runs");
    if (view) return;
    view = new Points(context);
    view.greet = true;
    view.follower.draw();
  };
  return {enter, leave: () => view?.stop(), models: () => { if (!view) return entered ? enter() : undefined; if (view.outdated()) view.follower.draw(); }};
}
