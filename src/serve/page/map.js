// SPDX-License-Identifier: MIT
// Strength times interval of guidance, every cell from the same noise.
import {Follower} from "/api.js";
import {byId, make, notice, pngUrl} from "/controls.js";

const intervals = {
  both: [[0, 1], [0.1, 0.9], [0.2, 0.8], [0.3, 0.7], [0.4, 0.6], [0.45, 0.55]],
  lower: [[0, 1], [0.2, 1], [0.4, 1], [0.6, 1], [0.8, 1], [0.9, 1]],
  upper: [[0, 1], [0, 0.8], [0, 0.6], [0, 0.4], [0, 0.2], [0, 0.1]],
};
const rows = 5;

/** Strengths from 1 to the largest of the slider, each the same factor above the last. */
function strengths() {
  const most = +byId("omega").max;
  return Array.from({length: rows}, (_, i) => +Math.pow(most, i / (rows - 1)).toFixed(1));
}

export function startMap(context, settings, picture) {
  const question = () => {
    const {labels, omega, interval, count, ...rest} = settings.request(), first = picture();
    if (omega === undefined) return null;
    const body = {...rest, first, omega: strengths(), format: "pictures"};
    if (interval) body.intervals = intervals[byId("map-vary").value];
    if (Array.isArray(labels)) body.labels = [labels[first % labels.length]];
    else if (labels !== undefined) body.labels = labels === "none" ? "none" : [first % settings.model.classes];
    return body;
  };
  const table = (body, answer) => {
    const columns = body.intervals ?? [null], say = one => (one ? `${one[0]} – ${one[1]}` : "any t");
    const head = make("tr", {}, make("th", {scope: "col"}, "ω"), ...columns.map(one => make("th", {scope: "col"}, say(one))));
    const lines = body.omega.map((omega, y) => make("tr", {}, make("th", {scope: "row"}, omega.toFixed(1)), ...columns.map((one, x) => {
      const name = `ω ${omega.toFixed(1)}${one ? `, interval ${one[0]} to ${one[1]}` : ""}`;
      const cell = make("button", {type: "button", "aria-label": name, title: name, onclick: () => settings.take({omega, ...(one ? {interval: one} : {})})},
                        make("img", {alt: "", src: pngUrl(answer.pictures[y * columns.length + x])}));
      Object.assign(cell.dataset, {omega, interval: one ?? ""});
      return make("td", {}, cell);
    })));
    return [make("thead", {}, head), make("tbody", {}, ...lines)];
  };
  let shape = "";
  const show = (answer, body) => {
    notice("map-notice", null);
    const place = byId("map"), now = JSON.stringify([body.omega, body.intervals]);
    place.classList.toggle("smooth", answer.width > 96);
    if (shape === now) place.querySelectorAll("img").forEach((image, i) => { image.src = pngUrl(answer.pictures[i]); });
    else place.replaceChildren(place.querySelector("caption"), ...table(body, answer));
    shape = now;
    place.dataset.shown = +(place.dataset.shown ?? 0) + 1;
    mark();
  };
  const mark = () => {
    const now = settings.guidance();
    for (const cell of byId("map").querySelectorAll("button"))
      cell.setAttribute("aria-pressed", Math.abs(+cell.dataset.omega - now.omega) < 0.05 && cell.dataset.interval === `${now.interval ?? ""}`);
  };
  const follower = new Follower(context.stream, "map", "/api/map", question, show, error => notice("map-notice", error));
  byId("map-vary").addEventListener("change", () => follower.draw());
  // What the map shows does not change with the strength and interval of now: only the mark does.
  let drawn = "";
  return {mark, draw: () => {
    const body = question(), now = JSON.stringify(body) + settings.model.step;
    byId("map-part").hidden = !body;
    mark();
    if (!body || now === drawn) return;
    drawn = now;
    follower.draw();
  }};
}
