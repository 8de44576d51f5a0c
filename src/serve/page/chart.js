// SPDX-License-Identifier: MIT
// Lines over steps as SVG, with a cursor that reads them.
import {make} from "/controls.js";

const left = 62, right = 18, top = 16, bottom = 34;

export const short = x => (x === null || x === undefined || !Number.isFinite(x) ? "–" : x === 0 ? "0"
  : Math.abs(x) >= 1e6 || Math.abs(x) < 1e-3 ? x.toExponential(1) : `${+x.toPrecision(4)}`);

function svg(tag, properties = {}, text = "") {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(properties)) node.setAttribute(key, value);
  if (text) node.textContent = text;
  return node;
}

function evenTicks(low, high, count) {
  const rough = (high - low) / count, ten = 10 ** Math.floor(Math.log10(rough)), step = [1, 2, 5, 10].find(s => s * ten >= rough * 0.999) * ten, out = [];
  for (let x = Math.ceil(low / step - 1e-9) * step; x <= high + 1e-9 * step; x += step) out.push(+x.toPrecision(12));
  return out;
}

function logTicks(low, high) {
  const out = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); ++e)
    for (const m of [1, 2, 5]) out.push(+`${m}e${e}`);
  const inside = out.filter(x => x >= low * 0.999 && x <= high * 1.001);
  if (inside.length < 2) return evenTicks(low, high, 4);
  return inside.length > 7 ? inside.filter(x => /^1(0*|e.*)$/.test(`${x}`) || /^0\.0*1$/.test(`${x}`)) : inside;
}

export class Chart {
  constructor(place, moved) {
    this.place = place;
    this.moved = moved;
    // As wide as there is room for, so that its words keep their size.
    new ResizeObserver(() => { if (this.drawn && this.width() !== this.drawnWidth) this.show(...this.drawn); }).observe(place);
    this.tip = make("div", {class: "tip", "aria-hidden": "true", hidden: true});
  }

  /** lines: [{name, colour, steps, values, least, most}]; values may be null. */
  show(title, lines, log) {
    Object.assign(this, {lines, drawn: [title, lines, log], drawnWidth: this.width()});
    const W = this.W = this.drawnWidth, H = this.H = W < 600 ? 260 : 330;
    const finite = lines.flatMap(l => l.values).filter(v => v !== null && Number.isFinite(v));
    const values = log ? finite.filter(v => v > 0) : finite, steps = lines.flatMap(l => l.steps);
    if (!values.length)
      return this.place.replaceChildren(make("p", {class: "empty"}, finite.length ? "No value above zero: a log scale shows nothing." : "No numbers to show yet."));
    let low = Math.min(...values), high = Math.max(...values);
    if (low === high) [low, high] = log ? [low / 2, high * 2] : [low - (Math.abs(low) * 0.1 || 1), high + (Math.abs(high) * 0.1 || 1)];
    const f = log ? Math.log : x => x;
    this.x0 = Math.min(...steps);
    this.x1 = Math.max(...steps, this.x0 + 1);
    this.py = y => H - bottom - (f(Math.min(high, Math.max(low, y))) - f(low)) / (f(high) - f(low)) * (H - top - bottom);
    const ends = lines.map(l => `${l.name} ends at ${short(l.values.at(-1))}`).join(", ");
    this.svg = svg("svg", {viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `${title} over steps: ${ends}`});
    for (const y of log ? logTicks(low, high) : evenTicks(low, high, 5))
      this.svg.append(svg("line", {class: "grid", x1: left, x2: W - right, y1: this.py(y), y2: this.py(y)}),
                      svg("text", {x: left - 8, y: this.py(y) + 4, "text-anchor": "end"}, short(y)));
    for (const x of evenTicks(this.x0, this.x1, W < 600 ? 4 : 8))
      this.svg.append(svg("text", {x: this.px(x), y: H - bottom + 20, "text-anchor": "middle"}, `${x}`));
    for (const line of lines) this.line(line);
    this.cursor = svg("line", {class: "cursor", y1: top, y2: H - bottom, visibility: "hidden"});
    this.svg.append(this.cursor);
    this.svg.addEventListener("pointermove", event => {
      const box = this.svg.getBoundingClientRect();
      this.read(this.x0 + ((event.clientX - box.left) / box.width * W - left) / (W - left - right) * (this.x1 - this.x0), true);
    });
    this.svg.addEventListener("pointerleave", () => { this.tip.hidden = true; this.cursor.setAttribute("visibility", "hidden"); });
    this.place.replaceChildren(this.svg, this.tip);
  }

  width() { return Math.max(280, this.place.clientWidth - 18); }
  px(x) { return left + (x - this.x0) / (this.x1 - this.x0) * (this.W - left - right); }

  line(line) {
    const good = line.values.map((v, k) => ({x: this.px(line.steps[k]), v, low: line.least?.[k] ?? v, high: line.most?.[k] ?? v})).filter(p => p.v !== null);
    const point = (p, v) => `${p.x.toFixed(1)},${this.py(v).toFixed(1)}`;
    const band = [...good.map(p => point(p, p.high)), ...[...good].reverse().map(p => point(p, p.low))].join(" ");
    this.svg.append(svg("polygon", {points: band, fill: line.colour, opacity: 0.13}),
                    svg("polyline", {points: good.map(p => point(p, p.v)).join(" "), fill: "none", stroke: line.colour, "stroke-width": 2, "stroke-linejoin": "round"}));
    if (good.length === 1) this.svg.append(svg("circle", {cx: good[0].x, cy: this.py(good[0].v), r: 4, fill: line.colour}));
  }

  /** Reads every line at the step nearest to x; tells what it read. */
  read(x, withTip) {
    if (!this.lines?.some(l => l.steps.length) || !this.cursor) return;
    const at = Math.min(this.x1, Math.max(this.x0, x));
    const told = this.lines.filter(l => l.steps.length).map(l => {
      const k = l.steps.reduce((best, s, i) => (Math.abs(s - at) < Math.abs(l.steps[best] - at) ? i : best), 0);
      return {name: l.name, colour: l.colour, step: l.steps[k], value: l.values[k]};
    });
    for (const end of ["x1", "x2"]) this.cursor.setAttribute(end, this.px(at));
    this.cursor.setAttribute("visibility", withTip ? "visible" : "hidden");
    this.tip.hidden = !withTip;
    if (withTip) {
      this.tip.replaceChildren(make("div", {}, `step ${Math.round(told[0].step)}`), ...told.map(one => row(one)));
      const share = this.px(at) / this.W;
      Object.assign(this.tip.style, share < 0.5 ? {left: `calc(${share * 100}% + 12px)`, right: "auto"} : {right: `calc(${(1 - share) * 100}% + 12px)`, left: "auto"});
    }
    this.moved(told);
  }
}

export function row({name, colour, value}) {
  const swatch = make("span", {class: "swatch"});
  swatch.style.background = colour;
  return make("div", {}, swatch, make("span", {}, name), make("b", {}, short(value)));
}
