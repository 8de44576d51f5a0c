// SPDX-License-Identifier: MIT
// Runs: curves, sheets and scores, live while one trains.
import {get} from "/api.js";
import {Chart, row, short} from "/chart.js";
import {byId, emptiness, make, notice, tell} from "/controls.js";
import {Sheets} from "/sheets.js";

// Apart for most eyes, on light ground and dark.
const colours = ["#1c8f83", "#d0672a", "#7a6bd1", "#b98a12", "#c64b87", "#4f86c6", "#6f8f2f", "#9a6b54"];
const kMostChosen = 12;

class Runs {
  constructor() {
    Object.assign(this, {runs: [], off: new Set(), busy: false, again: false});
    this.chart = new Chart(byId("chart"), told => byId("legend").replaceChildren(...told.map(row)));
    this.sheets = new Sheets(() => this.runs);
    byId("column").addEventListener("change", () => this.curves());
    byId("log-scale").addEventListener("change", () => this.curves());
    byId("read-at").addEventListener("input", () => this.read(true));
    byId("sheet-run").addEventListener("change", () => this.settings());
  }

  async refresh() {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    try {
      this.runs = (await get("/api/runs")).runs;
      this.list();
      this.columns();
      await this.curves();
      this.sheets.refresh();
      this.scores();
      await this.settings();
      notice("runs-notice", null);
      byId("run-list").dataset.shown = +(byId("run-list").dataset.shown ?? 0) + 1;
    } catch (error) {
      notice("runs-notice", error);
    }
    this.busy = false;
    if (this.again) { this.again = false; this.refresh(); }
  }

  colour(run) { return colours[this.runs.indexOf(run) % colours.length]; }

  list() {
    const none = !this.runs.length;
    byId("runs-bench").hidden = none;
    byId("runs-empty").hidden = !none;
    if (none) emptiness("runs-empty", "No runs here yet", "Train one into a folder that is served: it appears by itself, and its curves grow as it trains.",
                        "meanflow train toy/imf --out runs/imf\nmeanflow serve runs");
    const names = this.runs.map(run => run.name).join("\n"), place = byId("run-list");
    if (this.names !== names) {
      this.names = names;
      this.runs.slice(kMostChosen).forEach(run => this.off.add(run.name));
      place.replaceChildren(...this.runs.map((run, i) => this.line(run, i)));
    }
    this.runs.forEach((run, i) => this.update(place.children[i], run));
  }

  line(run, i) {
    const box = make("input", {type: "checkbox", id: `run-${i}`, "aria-label": `${run.name} in the chart`,
                               onchange: () => { this.off[box.checked ? "delete" : "add"](run.name); this.curves(); }});
    box.checked = !this.off.has(run.name);
    const swatch = make("span", {class: "swatch"});
    swatch.style.background = this.colour(run);
    return make("div", {class: "run"}, box, swatch, make("b", {}, run.name), make("span", {class: "what"}), make("span", {class: "state"}),
                make("progress", {max: 1, value: 0, "aria-label": `steps of ${run.name} done`}));
  }

  update(line, run) {
    const what = line.querySelector(".what"), state = line.querySelector(".state"), bar = line.querySelector("progress");
    const ms = run.ms === null ? "" : `, ${short(+run.ms.toPrecision(3))} ms a step`;
    what.textContent = run.error ?? `${run.objective}, ${run.network} on ${run.data}; loss ${short(run.loss === null ? null : +run.loss.toPrecision(4))}${ms}`;
    const done = run.step >= run.steps - 1;
    state.textContent = `${run.training ? "training" : done ? "done" : "stopped"}, step ${run.step} of ${run.steps}`;
    state.toggleAttribute("data-live", run.training);
    bar.value = run.steps ? Math.min(1, run.step / Math.max(1, run.steps - 1)) : 0;
    bar.hidden = !run.training;
  }

  columns() {
    const select = byId("column"), all = [...new Set(this.runs.flatMap(run => run.columns))].filter(name => name !== "step");
    const ordered = all.includes("loss") ? ["loss", ...all.filter(name => name !== "loss")] : all;
    if (select.dataset.names === ordered.join("\n")) return;
    const old = select.value;
    select.dataset.names = ordered.join("\n");
    select.replaceChildren(...ordered.map(name => make("option", {value: name}, name)));
    if (ordered.includes(old)) select.value = old;
  }

  async curves() {
    const column = byId("column").value, wanted = this.runs.filter(run => !this.off.has(run.name) && run.columns.includes(column));
    try {
      const lines = await Promise.all(wanted.map(async run => {
        const got = await get(`/api/runs/${encodeURIComponent(run.name)}/curves?columns=${encodeURIComponent(column)}&points=400`);
        return {name: run.name, colour: this.colour(run), ...got.curves[column]};
      }));
      this.chart.show(column, lines, byId("log-scale").checked);
      byId("chart").dataset.points = lines.reduce((sum, l) => sum + l.steps.length, 0);
      byId("legend").replaceChildren();
      this.read(false);
    } catch (error) {
      notice("runs-notice", error);
    }
  }

  read(withTip) {
    const share = +byId("read-at").value / 1000, x = this.chart.x0 + share * (this.chart.x1 - this.chart.x0);
    this.chart.read(x, withTip);
    byId("read-at").setAttribute("aria-valuetext", `step ${Math.round(x)}`);
    if (withTip) tell(byId("legend").textContent);
  }

  scores() {
    const scored = this.runs.filter(run => Object.keys(run.scores).length), names = [...new Set(scored.flatMap(run => Object.keys(run.scores)))];
    if (!names.length)
      return byId("scores").replaceChildren(make("p", {class: "note"}, "No scores: evaluate.every=N judges a run every N steps."));
    const cell = score => (score ? `${short(score.value)} at step ${score.step}` : "–");
    byId("scores").replaceChildren(make("table", {class: "plain"},
      make("thead", {}, make("tr", {}, make("th", {scope: "col"}, "Run"), ...names.map(name => make("th", {scope: "col"}, name)))),
      make("tbody", {}, ...scored.map(run => make("tr", {}, make("th", {scope: "row"}, run.name), ...names.map(name => make("td", {}, cell(run.scores[name]))))))));
  }

  async settings() {
    const run = this.runs.find(one => one.name === byId("sheet-run").value) ?? this.runs[0];
    if (!run || byId("settings").dataset.of === run.name) return;
    const {settings} = await get(`/api/runs/${encodeURIComponent(run.name)}`);
    byId("settings").dataset.of = byId("settings-run").textContent = run.name;
    byId("settings").replaceChildren(make("table", {class: "plain"}, make("thead", {}, make("tr", {}, make("th", {scope: "col"}, "Key"), make("th", {scope: "col"}, "Value"))),
      make("tbody", {}, ...Object.entries(settings ?? {}).map(([key, value]) => make("tr", {}, make("th", {scope: "row", class: "mono"}, key), make("td", {class: "mono"}, value))))));
  }
}

export function startRuns(context) {
  let view = null, here = false;
  const heard = () => { if (here) view.refresh(); };
  for (const event of ["run", "runs", "live"]) context.stream.addEventListener(event, heard);
  return {enter: () => { here = true; view ??= new Runs(); view.refresh(); }, leave: () => { here = false; }};
}
