// SPDX-License-Identifier: MIT
// The body of a function: what a reader or a keyboard would stumble over in what is visible, as a list of words.
const wrong = [], visible = node => node.checkVisibility({visibilityProperty: true});
const told = node => `${node.tagName.toLowerCase()}${node.id ? "#" + node.id : ""} "${node.textContent.trim().slice(0, 30)}"`;
if (!document.documentElement.lang) wrong.push("no language");
if (!document.title) wrong.push("no title");
if (!document.querySelector("meta[name=viewport]")) wrong.push("no viewport");
const ids = [...document.querySelectorAll("[id]")].map(node => node.id);
for (const id of new Set(ids)) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`two elements are called ${id}`);

// Every control has a name, and what names it is there.
const words = node => [...node.childNodes].map(child => (child.nodeType === 3 ? child.data : child.alt ?? words(child))).join(" ");
for (const node of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0'], fieldset")) {
  if (!visible(node)) continue;
  const by = (node.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean).map(id => document.getElementById(id));
  if (by.includes(null)) wrong.push(`${told(node)} is labelled by nothing`);
  const own = node.matches("a, button, summary") ? words(node) : "";
  const legend = node.matches("fieldset") ? node.querySelector("legend")?.textContent : "";
  const name = node.ariaLabel || by.map(one => one?.textContent).join("") || [...(node.labels ?? [])].map(l => l.textContent).join("") || own || legend;
  if (!(name ?? "").trim()) wrong.push(`${told(node)} has no name`);
}
for (const node of document.querySelectorAll("img")) if (visible(node) && !node.hasAttribute("alt")) wrong.push(`${told(node)} has no alt`);
for (const node of document.querySelectorAll("label[for]")) if (!document.getElementById(node.htmlFor)) wrong.push(`${told(node)} labels nothing`);
for (const node of document.querySelectorAll("[aria-hidden=true]"))
  if (node.querySelector("a[href], button, input, select, [tabindex]")) wrong.push(`${told(node)} is hidden and takes the focus`);

// One h1, and no level left out.
const heads = [...document.querySelectorAll("h1, h2, h3, h4")].filter(visible);
if (heads.filter(node => node.tagName === "H1").length !== 1) wrong.push("not one h1");
heads.reduce((last, node) => {
  const level = +node.tagName[1];
  if (level > last + 1) wrong.push(`${told(node)} comes after h${last}`);
  return level;
}, 0);
if (document.querySelectorAll("main").length !== 1) wrong.push("not one main");

// Contrast of text, 4.5 to 1; 3 to 1 where it is large.
const numbers = colour => (colour.match(/[\d.]+/g) ?? []).map(Number);
const light = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = node => {
  for (let one = node; one; one = one.parentElement) {
    const colour = numbers(getComputedStyle(one).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
let texts = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !visible(node) || node.closest("script, style, noscript, .unseen, .skip, svg, option, :disabled")) continue;
  const style = getComputedStyle(node), [a, b] = [light(numbers(style.color)), light(ground(node))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05), size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && +style.fontWeight >= 700);
  ++texts;
  if (ratio < (large ? 3 : 4.5)) wrong.push(`${told(node)} has a contrast of ${ratio.toFixed(2)}`);
}
if (texts < 10) wrong.push(`only ${texts} texts to be seen`);
return wrong;
