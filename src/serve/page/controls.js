// SPDX-License-Identifier: MIT
// Elements, and the small things that every view does with them.

export const byId = id => document.getElementById(id);

/** An element: properties that start with "on" are listeners, others attributes unless null or false; children are nodes or text. */
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** Says what failed in the box `id`, with the server's hint; null: all is well again. */
export function notice(id, error) {
  const box = byId(id);
  box.hidden = !error;
  box.replaceChildren();
  if (error) box.append(make("strong", {}, error.message), ...(error.hint ? [error.hint] : []));
}

/** Tells those who do not see the page; only the last of several quick ones. */
let telling = 0;
export function tell(text) {
  clearTimeout(telling);
  telling = setTimeout(() => { byId("live").textContent = text; }, 700);
}

export const pngUrl = base64 => `data:image/png;base64,${base64}`;

/** As many children as items, made by `fresh` and brought up to date by `update`: elements stay, so focus does. */
export function fill(parent, items, fresh, update) {
  while (parent.children.length > items.length) parent.lastElementChild.remove();
  while (parent.children.length < items.length) parent.append(fresh(parent.children.length));
  items.forEach((item, i) => update(parent.children[i], item, i));
}

/** A round choice (radio) or mark (checkbox) that looks like a small button. */
export function chip(type, name, text, checked, change) {
  const input = make("input", {type, name, onchange: change});
  input.checked = checked;
  return make("label", {class: "chip"}, input, make("span", {}, text));
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {  // no clipboard: an address without TLS that is not this machine
    const area = make("textarea", {class: "unseen", "aria-hidden": "true"});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** A button that copies what stands in a place. */
export function copies(button, place) {
  byId(button).addEventListener("click", async () => {
    await copy(byId(place).textContent);
    byId(button).textContent = "Copied";
    tell("copied");
    setTimeout(() => { byId(button).textContent = "Copy"; }, 1500);
  });
}

export function save(blob, name) {
  const link = make("a", {href: URL.createObjectURL(blob), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Shows a reason and a command where there is nothing else to show. */
export function emptiness(id, title, text, command) {
  const box = byId(id);
  box.hidden = false;
  box.replaceChildren(make("h2", {}, title), make("p", {}, text), make("pre", {}, command));
}
export const plainMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
export const wholeNumber = input => Math.max(0, Math.floor(+input.value || 0));
export const anySeed = () => Math.floor(Math.random() * 100000);
