// SPDX-License-Identifier: MIT
// Sheets of samples that training left, over its steps.
import {byId, make} from "/controls.js";

export class Sheets {
  constructor(runs) {
    this.runs = runs;
    byId("sheet-run").addEventListener("change", () => { this.last = true; this.slider(); });
    byId("sheet-step").addEventListener("input", () => { this.last = byId("sheet-step").value === byId("sheet-step").max; this.show(); });
    this.last = true;  // the newest one, as long as nobody goes back
  }

  get run() { return this.runs().find(run => run.name === byId("sheet-run").value); }

  refresh() {
    const select = byId("sheet-run"), runs = this.runs(), names = runs.map(run => run.name), old = select.value;
    if (select.dataset.names !== names.join("\n")) {
      select.dataset.names = names.join("\n");
      select.replaceChildren(...names.map(name => make("option", {value: name}, name)));
      select.value = names.includes(old) ? old : (runs.find(run => run.sheets.length) ?? runs[0])?.name ?? "";
    }
    this.slider();
  }

  slider() {
    const slider = byId("sheet-step"), many = this.run?.sheets.length ?? 0;
    slider.max = Math.max(0, many - 1);
    slider.disabled = many < 2;
    if (this.last) slider.value = slider.max;
    this.show();
  }

  show() {
    const run = this.run, step = run?.sheets[+byId("sheet-step").value], image = byId("sheet");
    image.hidden = step === undefined;
    byId("sheet-value").textContent = step === undefined ? "no sheets yet" : `${step}`;
    if (step === undefined) return;
    byId("sheet-step").setAttribute("aria-valuetext", `step ${step}`);
    const address = `/api/runs/${encodeURIComponent(run.name)}/sheets/${step}`;
    if (image.getAttribute("src") !== address) image.src = address;
    image.alt = `Samples of ${run.name} at step ${step} of training`;
  }
}
