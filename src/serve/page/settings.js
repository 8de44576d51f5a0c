// SPDX-License-Identifier: MIT
// What pictures are asked for: the panel of controls, and the request that it makes.
import {anySeed, byId, chip, make, wholeNumber} from "/controls.js";
import {RangePair} from "/range_pair.js";

const kSteps = [1, 2, 4, 8, 16, 32, 50, 100];
const kCounts = [1, 4, 9, 16, 20, 24, 32, 40, 64, 100];
const kMostChips = 30;
const nearest = (list, value) => list.reduce((best, one, i) => (Math.abs(one - value) < Math.abs(list[best] - value) ? i : best), 0);
const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

export const className = (model, i) => (i >= model.classes ? "none" : model.class_names[i] || `${i}`);

export class Settings {
  constructor(list, change) {
    Object.assign(this, {list, change, labels: "balanced"});
    this.pair = new RangePair(byId("t-min"), byId("t-max"), document.querySelector(".pair-fill"), () => this.changed());
    for (const id of ["omega", "steps", "seed", "count"]) byId(id).addEventListener("input", () => this.changed());
    byId("model").addEventListener("change", () => { this.use(byId("model").value); this.changed(); });
    byId("dice").addEventListener("click", () => { byId("seed").value = anySeed(); this.changed(); });
    byId("controls").addEventListener("submit", e => e.preventDefault());
    byId("steps").max = kSteps.filter(n => n <= list.limits.steps).length - 1;
    this.refresh();
    this.use(this.models[0].id);
  }

  get models() { return this.list.models.filter(model => model.kind === "images"); }

  /** The list of models may have grown, or a checkpoint may be newer: true when the pictures are not those of now. */
  refresh() {
    const chosen = this.model?.id;
    byId("model").replaceChildren(...this.models.map(m => make("option", {value: m.id}, m.name)));
    if (chosen === undefined) return true;
    byId("model").value = chosen;
    const old = this.model;
    this.model = this.models.find(m => m.id === chosen) ?? old;
    this.describe();
    return this.model.step !== old.step;
  }

  describe() {
    const m = this.model, size = m.shown_shape.slice(0, 2).join(" × ");
    byId("model-note").textContent = `${m.objective}, ${m.network}, ${size}, step ${m.step}, ${(m.parameters / 1e6).toFixed(1)} M parameters${m.device === "cpu" ? "" : `, on ${m.device}`}`;
  }

  use(id) {
    const m = this.model = this.models.find(one => one.id === +id), guide = m.guidance, best = m.recommended[0];
    byId("model").value = m.id;
    this.describe();
    this.labels = m.classes ? "balanced" : undefined;
    this.chooser();
    byId("omega-field").hidden = !this.strengths;
    byId("interval-field").hidden = !guide.interval;
    if (this.strengths) {
      const most = guide.kind === "inputs" ? Math.max(2, Math.ceil(guide.omega)) : 8;
      byId("omega").max = best ? Math.max(most, Math.ceil(best.omega)) : most;
      byId("omega").value = best?.omega ?? Math.min(2, most);
    }
    this.pair.value = best?.interval ?? [0, 1];
    const note = guide.kind === "none" ? guide.why || "No guidance acts on this model." : guide.kind === "fixed" ? `Trained for the one strength ω = ${guide.omega}.` : "";
    byId("guidance-note").hidden = !note;
    byId("guidance-note").textContent = note;
    byId("steps").value = nearest(kSteps, m.usual_steps);
    const counts = kCounts.filter(n => n <= this.list.limits.count);
    byId("count").replaceChildren(...counts.map(n => make("option", {value: n}, n)));
    byId("count").value = counts[nearest(counts, m.shown_shape[1] > 128 ? 4 : m.shown_shape[1] > 48 ? 16 : 20)];
    this.paint();
  }

  get strengths() { return this.model.guidance.kind === "inputs" || this.model.guidance.kind === "second_pass"; }

  /** Chips for few classes; a field of names and numbers for many. */
  chooser() {
    const m = this.model, place = byId("classes"), own = Array.isArray(this.labels) ? this.labels : [];
    byId("classes-field").hidden = !m.classes;
    place.replaceChildren();
    if (!m.classes) return;
    const set = labels => { this.labels = labels; this.chooser(); this.changed(); };
    const again = index => place.querySelectorAll("input")[index]?.focus();
    ["balanced", "none"].forEach((word, i) =>
      place.append(chip("checkbox", "class", ["All", "None"][i], this.labels === word, () => { set(word); again(i); })));
    if (m.classes > kMostChips) {
      const words = text => text.split(",").map(w => w.trim()).filter(Boolean).map(w => (/^\d+$/.test(w) ? +w : w));
      const field = make("input", {type: "search", list: "class-names", "aria-label": `Names or numbers up to ${m.classes - 1}, with commas`,
                                   placeholder: "207, 360, 387", value: own.join(", "),
                                   onchange: () => set(words(field.value).length ? words(field.value) : "balanced")});
      place.append(field, make("datalist", {id: "class-names"}, ...m.class_names.map(name => make("option", {value: name}))));
      return;
    }
    for (let i = 0; i < m.classes; ++i)
      place.append(chip("checkbox", "class", className(m, i), own.includes(i), () => {
        const now = own.includes(i) ? own.filter(one => one !== i) : [...own, i].sort((a, b) => a - b);
        set(now.length ? now : "balanced");
        again(i + 2);
      }));
  }

  changed() {
    this.paint();
    this.change();
  }

  paint() {
    const steps = kSteps[byId("steps").value], [low, high] = this.pair.value;
    byId("omega-value").textContent = (+byId("omega").value).toFixed(1);
    byId("interval-value").textContent = `${low.toFixed(2)} – ${high.toFixed(2)}`;
    byId("steps-value").textContent = steps;
    byId("steps").setAttribute("aria-valuetext", plural(steps, "step"));
    // From outside, an interval acts between steps only.
    const acts = this.intervalActs();
    byId("t-min").disabled = byId("t-max").disabled = !acts;
  }

  intervalActs() {
    const guide = this.model.guidance;
    return guide.interval && !(guide.kind === "second_pass" && kSteps[byId("steps").value] === 1);
  }

  /** Guidance as far as it can act. */
  guidance() {
    const out = {};
    if (this.strengths) out.omega = +byId("omega").value;
    if (this.intervalActs()) out.interval = this.pair.value;
    return out;
  }

  request() {
    const out = {model: this.model.id, count: +byId("count").value, steps: kSteps[byId("steps").value], seed: wholeNumber(byId("seed"))};
    if (this.model.classes) out.labels = this.labels;
    return {...out, ...this.guidance()};
  }

  /** Takes settings back, all or some of them. */
  take(request) {
    if (request.model !== undefined && request.model !== this.model.id) this.use(request.model);
    if (request.labels !== undefined) { this.labels = request.labels; this.chooser(); }
    if (request.omega !== undefined) byId("omega").value = request.omega;
    if (request.interval) this.pair.value = request.interval;
    if (request.steps !== undefined) byId("steps").value = nearest(kSteps, request.steps);
    for (const key of ["seed", "count"]) if (request[key] !== undefined) byId(key).value = request[key];
    this.changed();
  }

  /** A request in words, key by key. */
  words(request) {
    const m = this.models.find(one => one.id === request.model) ?? this.model, out = {Model: m.name};
    if (Array.isArray(request.labels)) out.Classes = request.labels.map(l => (typeof l === "number" ? className(m, l) : l)).join(", ");
    else if (request.labels) out.Classes = request.labels === "none" ? "none" : "all";
    if (request.omega !== undefined) out["ω"] = request.omega.toFixed(1);
    if (request.interval) out.Interval = request.interval.map(t => t.toFixed(2)).join(" – ");
    return {...out, Steps: `${request.steps}`, Seed: `${request.seed}`, Count: `${request.count}`};
  }
}
