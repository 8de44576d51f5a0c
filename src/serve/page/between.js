// SPDX-License-Identifier: MIT
// Pictures between two noises.
import {Follower} from "/api.js";
import {byId, copies, fill, make, notice, pngUrl, wholeNumber} from "/controls.js";
import {className} from "/settings.js";

const frames = 17;

export function startBetween(context, settings, ends, mark) {
  const fields = {A: ["from-seed", "from-index"], B: ["to-seed", "to-index"]};
  let pictures = [], model = null, width = 0;
  const classes = () => {
    const m = settings.model, select = byId("between-class");
    if (model === m) return;
    model = m;
    byId("between-class-field").hidden = !m.classes;
    const old = select.value;
    select.replaceChildren(...Array.from({length: m.classes}, (_, i) => make("option", {value: i}, className(m, i))), make("option", {value: "none"}, "none"));
    select.value = old !== "" && [...select.options].some(one => one.value === old) ? old : "0";
  };
  const question = () => {
    classes();
    const {model: id, steps, omega, interval} = settings.request(), body = {model: id, steps, from: ends.A, to: ends.B, frames, format: "pictures"};
    const word = byId("between-class").value;
    if (settings.model.classes && word !== "none") body.label = +word;
    if (omega !== undefined && body.label !== undefined) body.omega = omega;
    if (interval && body.label !== undefined) body.interval = interval;
    return body;
  };
  const look = () => {
    const at = +byId("between-at").value, image = byId("between-now");
    if (!pictures.length) return;
    image.src = pngUrl(pictures[at]);
    image.classList.toggle("smooth", width > 96);
    byId("between-at").setAttribute("aria-valuetext", `${Math.round(at / (frames - 1) * 100)} percent of the way`);
    [...byId("strip").children].forEach((one, i) => one.toggleAttribute("data-on", i === at));
  };
  const show = answer => {
    notice("between-notice", null);
    ({pictures, width} = answer);
    byId("strip").classList.toggle("smooth", width > 96);
    fill(byId("strip"), pictures, () => make("img", {alt: ""}), (image, png) => { image.src = pngUrl(png); });
    look();
    byId("between-command").textContent = answer.recipe.command;
    byId("between-python").textContent = answer.recipe.python;
    byId("strip").dataset.shown = +(byId("strip").dataset.shown ?? 0) + 1;
  };
  for (const kind of ["command", "python"]) copies(`copy-between-${kind}`, `between-${kind}`);
  const follower = new Follower(context.stream, "between", "/api/interpolate", question, show, error => notice("between-notice", error));
  for (const [end, [seed, index]] of Object.entries(fields))
    for (const id of [seed, index])
      byId(id).addEventListener("input", () => {
        Object.assign(ends[end], {seed: wholeNumber(byId(seed)), index: wholeNumber(byId(index))});
        mark();
        follower.draw();
      });
  byId("between-class").addEventListener("change", () => follower.draw());
  byId("between-at").addEventListener("input", look);
  let drawn = "";
  const draw = () => {
    const now = JSON.stringify(question()) + settings.model.step;
    if (now === drawn) return;
    drawn = now;
    follower.draw();
  };
  /** Takes the ends as they are now, and the class of the picture that was chosen. */
  const take = label => {
    for (const [end, [seed, index]] of Object.entries(fields)) {
      byId(seed).value = ends[end].seed;
      byId(index).value = ends[end].index;
    }
    if (label !== undefined && settings.model.classes) byId("between-class").value = label >= settings.model.classes ? "none" : label;
    draw();
  };
  return {draw, take};
}
