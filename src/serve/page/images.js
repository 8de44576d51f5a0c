// SPDX-License-Identifier: MIT
// Pictures that follow the controls, what they were made by, and what is kept of them.
import {Follower, post} from "/api.js";
import {startBetween} from "/between.js";
import {byId, copies, emptiness, fill, make, notice, pngUrl, save, tell} from "/controls.js";
import {Kept} from "/kept.js";
import {startMap} from "/map.js";
import {Settings} from "/settings.js";

function across(count, classes) {
  if (classes > 1 && classes <= 12 && count >= classes && count % classes === 0) return classes;
  return count <= 4 ? count : count <= 9 ? 3 : count <= 16 ? Math.min(8, Math.ceil(Math.sqrt(count))) : count <= 40 ? 8 : 10;
}

function noPictures(list) {
  const why = [...list.unavailable.map(one => one.why),
               ...list.models.filter(m => m.kind === "arrays").map(m => `${m.name} draws arrays; if they are latents, --vae FILE makes pictures of them`)];
  emptiness("images-empty", "No model of pictures here", why.length ? `${why.join("; ")}.` : "Serve a run, a checkpoint or a file of weights that makes pictures.",
            "meanflow serve runs/fashion");
  byId("images-bench").hidden = true;
}

class Images {
  constructor(context) {
    this.context = context;
    this.now = null;
    this.settings = new Settings(context.list, () => this.draw());
    this.follower = new Follower(context.stream, "pictures", "/api/sample", () => ({...this.settings.request(), format: "pictures"}),
      (answer, body, since) => this.show(answer, body, since), error => notice("images-notice", error));
    // Ends of the way between, each a picture of a seed.
    this.ends = {A: {seed: 0, index: 0}, B: {seed: 1, index: 0}};
    this.map = startMap(context, this.settings, () => this.ends.A.index);
    this.between = startBetween(context, this.settings, this.ends, () => this.mark());
    this.kept = new Kept(this.settings);
    byId("keep").addEventListener("click", () => { if (this.now) this.kept.add(this.now); });
    byId("download").addEventListener("click", () => this.download());
    for (const kind of ["command", "python"]) copies(`copy-${kind}`, `recipe-${kind}`);
  }

  draw() {
    if (!this.entered) return;
    byId("pictures").classList.add("busy");
    this.follower.draw();
    // These wait until the sliders rest: the pictures come first.
    this.map.mark();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => { this.map.draw(); this.between.draw(); }, 250);
  }

  async show(answer, body, since) {
    const {format, ...request} = body, place = byId("pictures"), model = this.settings.model;
    place.style.setProperty("--across", across(answer.count, model.classes));
    place.classList.toggle("smooth", answer.width > 96);
    fill(place, answer.pictures, i => make("button", {type: "button", onclick: () => this.choose(i)}, make("img")), (button, png, i) => {
      button.firstChild.src = pngUrl(png);
      button.firstChild.alt = `Picture ${i}${answer.label_names[i] ? ", " + answer.label_names[i] : ""}`;
    });
    this.now = {request, answer};
    this.mark();
    await place.lastElementChild.querySelector("img").decode().catch(() => {});
    await new Promise(resolve => requestAnimationFrame(resolve));
    notice("images-notice", null);
    place.classList.remove("busy");
    const all = performance.now() - since;
    byId("speed").replaceChildren(make("b", {}, `${all.toFixed(0)} ms`), ` from slider to picture, ${answer.ms.toFixed(0)} ms of it drawing`);
    byId("remarks").hidden = !answer.remarks.length;
    byId("remarks").textContent = answer.remarks.join(" ");
    byId("recipe-command").textContent = answer.recipe.command;
    byId("recipe-python").textContent = answer.recipe.python;
    place.dataset.shown = +(place.dataset.shown ?? 0) + 1;
    place.dataset.ms = all.toFixed(1);
    tell(`${answer.count} pictures, drawn in ${all.toFixed(0)} milliseconds`);
  }

  /** A picture becomes A, the next one B, and so on. */
  choose(i) {
    const {request, answer} = this.now;
    const end = this.chosen === "A" ? "B" : "A";
    this.chosen = end;
    Object.assign(this.ends[end], {seed: request.seed, index: i});
    tell(`Picture ${i} is ${end}`);
    this.between.take(answer.labels[i]);
    if (end === "A") this.map.draw();
    this.mark();
  }

  mark() {
    if (!this.now) return;
    const {seed} = this.now.request;
    [...byId("pictures").children].forEach((button, i) => {
      const names = Object.keys(this.ends).filter(end => this.chosen && this.ends[end].seed === seed && this.ends[end].index === i);
      if (names.length) button.dataset.end = names.join(" ");
      else delete button.dataset.end;
      button.setAttribute("aria-pressed", names.length > 0);
    });
  }

  async download() {
    if (!this.now) return;
    const {request} = this.now;
    try {
      save(await (await post("/api/sample", {...request, format: "png"})).blob(), `${this.settings.model.name}-seed-${request.seed}.png`.replaceAll("/", "-"));
    } catch (error) {
      notice("images-notice", error);
    }
  }
}

export function startImages(context) {
  let view = null;
  const build = () => {
    if (view || !context.list.models.some(model => model.kind === "images")) return;
    byId("images-empty").hidden = true;
    byId("images-bench").hidden = false;
    view = new Images(context);
  };
  build();
  if (!view) noPictures(context.list);
  let entered = false;
  const enter = () => {
    entered = true;
    if (view && !view.entered) { view.entered = true; view.draw(); }
  };
  return {enter, models: () => {
    build();
    if (view?.settings.refresh() && view.entered) view.draw();
    if (entered) enter();
  }};
}
