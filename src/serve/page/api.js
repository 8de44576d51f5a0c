// SPDX-License-Identifier: MIT
// The API: requests, and questions that are answered by events, of which a newer one takes the older one's place.

export class ApiError extends Error {
  constructor(answer, status) {
    super(answer.error || `the server answered ${status}`);
    this.hint = answer.hint || "";
    this.status = status;
  }
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError({error: "the server does not answer", hint: "is meanflow serve still running?"}, 0);
  }
  if (response.ok) return response;
  throw new ApiError(await response.json().catch(() => ({})), response.status);
}

export async function get(path) {
  return (await send(path)).json();
}

export function post(path, body) {
  return send(path, {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
}

/** The stream of events: "run", "runs", "live", "lost" as DOM events; ask() gives an answer, or null when it never comes. */
export class Stream extends EventTarget {
  constructor() {
    super();
    this.client = "page-" + Array.from(crypto.getRandomValues(new Uint8Array(12)), b => (b % 36).toString(36)).join("");
    this.waiting = new Map();
    this.next = 1;
    this.close();
    this.source = new EventSource(`/api/events?client=${this.client}`);
    const on = (name, act) => this.source.addEventListener(name, e => act(e.data === undefined ? {} : JSON.parse(e.data)));
    on("answer", data => this.settle(data, entry => entry.resolve(data.answer)));
    on("cancelled", data => this.settle(data, entry => entry.resolve(null)));
    on("failed", data => this.settle(data, entry => entry.reject(new ApiError(data, data.status))));
    on("run", data => this.dispatchEvent(new CustomEvent("run", {detail: data})));
    on("runs", () => this.dispatchEvent(new CustomEvent("runs")));
    on("hello", () => { this.opened(); this.dispatchEvent(new CustomEvent("live")); });
    this.source.addEventListener("error", () => {
      this.close();
      for (const entry of this.waiting.values()) entry.resolve(null);
      this.waiting.clear();
      this.dispatchEvent(new CustomEvent("lost"));
    });
    addEventListener("pagehide", () => this.source.close());
    addEventListener("pageshow", e => { if (e.persisted) location.reload(); });
  }

  /** From now on questions wait for a new stream. */
  close() {
    if (this.closed) return;  // those who wait already go on waiting for the same one
    this.closed = true;
    this.open = new Promise(resolve => { this.opened = () => { this.closed = false; resolve(); }; });
  }

  settle(data, act) {
    const entry = this.waiting.get(data.id);
    this.waiting.delete(data.id);
    if (entry) act(entry);
  }

  async ask(lane, path, body) {
    await this.open;
    const id = this.next++;
    const answer = new Promise((resolve, reject) => this.waiting.set(id, {resolve, reject}));
    try {
      await post("/api/ask", {client: this.client, id, lane, path, body});
    } catch (error) {
      this.waiting.delete(id);
      throw error;
    }
    return answer;
  }
}

const kPatience = 150;  // milliseconds

/**
 * Asks what question() says whenever told to, the newest settings last. While a quick answer is on its way no second one
 * is asked for, so that pictures follow a slider that moves; a slow one is replaced. show(answer, body, ms since draw()).
 */
export class Follower {
  constructor(stream, lane, path, question, show, fail, patience = kPatience) {
    Object.assign(this, {stream, lane, path, question, show, fail, patience, current: null, again: false, timer: 0});
    stream.addEventListener("live", () => { if (this.lost) this.draw(); });
    stream.addEventListener("lost", () => { this.lost ||= this.current !== null; });
  }

  draw() {
    this.since = performance.now();
    const age = this.current ? this.since - this.current.sent : this.patience;
    if (age >= this.patience) return void this.send();
    this.again = true;
    this.timer ||= setTimeout(() => { this.timer = 0; if (this.again) this.send(); }, this.patience - age);
  }

  async send() {
    clearTimeout(this.timer);
    Object.assign(this, {again: false, lost: false, timer: 0});
    const body = this.question(), since = this.since;
    if (!body) return;
    const mine = this.current = {sent: performance.now()};
    try {
      const answer = await this.stream.ask(this.lane, this.path, body);
      if (answer) await this.show(answer, body, since);
    } catch (error) {
      if (this.current === mine) this.fail(error);
      if (error.status === 503 || error.status === 409) setTimeout(() => { if (this.current === null) this.draw(); }, 1500);
    }
    if (this.current !== mine) return;
    this.current = null;
    if (this.again) this.send();
  }
}
