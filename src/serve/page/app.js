// SPDX-License-Identifier: MIT
// The page: its three views, its theme, and what is known of the server.
import {get, Stream} from "/api.js";
import {byId} from "/controls.js";
import {startImages} from "/images.js";
import {startPoints} from "/points.js";
import {startRuns} from "/runs.js";

const views = {};

function turn() {
  const wanted = location.hash.slice(1);
  if (wanted === "main") return;
  const name = views[wanted] ? wanted : views.first;
  for (const one of ["images", "points", "runs"]) {
    byId(`view-${one}`).hidden = one !== name;
    const link = document.querySelector(`nav a[href="#${one}"]`);
    if (one === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (one !== name) views[one]?.leave?.();
  }
  document.title = `${name[0].toUpperCase()}${name.slice(1)} · meanflow`;
  views[name].enter();
}

function theme() {
  const order = ["auto", "light", "dark"];
  const remembered = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const set = value => {
    document.documentElement.dataset.theme = value;
    byId("theme").textContent = `Theme: ${value}`;
    try { localStorage.setItem("theme", value); } catch { /* a browser that keeps nothing */ }
    dispatchEvent(new Event("theme"));
  };
  set(order.includes(remembered()) ? remembered() : "auto");
  byId("theme").addEventListener("click", () => set(order[(order.indexOf(document.documentElement.dataset.theme) + 1) % 3]));
}

function link(state, text) {
  byId("link").dataset.state = state;
  byId("link").textContent = text;
}

async function begin() {
  theme();
  const stream = new Stream();
  stream.addEventListener("lost", () => link("lost", "connection lost, trying again"));
  let list;
  try {
    list = await get("/api/models");
  } catch (error) {
    link("lost", error.message);
    list = {models: [], unavailable: [], limits: {count: 64, steps: 100}};
  }
  const live = () => link("live", `meanflow ${list.version ?? ""}`.trim());
  stream.addEventListener("live", live);
  stream.open.then(live);
  const context = {stream, list};
  views.images = startImages(context);
  views.points = startPoints(context);
  views.runs = startRuns(context);
  const has = kind => list.models.some(model => model.kind === kind);
  views.first = has("images") ? "images" : has("points") ? "points" : "runs";
  // New runs and checkpoints change what can be sampled.
  let reading = 0;
  const read = async () => {
    reading = 0;
    try {
      Object.assign(list, await get("/api/models"));
    } catch {
      return;  // the stream says what is wrong
    }
    for (const one of ["images", "points"]) views[one].models?.();
  };
  for (const event of ["run", "runs"]) stream.addEventListener(event, () => { reading ||= setTimeout(read, 1500); });
  addEventListener("hashchange", turn);
  turn();
}

begin();
