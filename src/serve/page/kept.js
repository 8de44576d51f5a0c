// SPDX-License-Identifier: MIT
// Pictures that were kept, side by side with what differs between them.
import {post} from "/api.js";
import {byId, make, notice, pngUrl, save, tell} from "/controls.js";

const kMostTiles = 16, kMostCards = 24;

export class Kept {
  constructor(settings) {
    this.settings = settings;
    this.cards = [];
  }

  add({request, answer}) {
    const words = this.settings.words(request);
    this.cards.push({request, words, pictures: answer.pictures.slice(0, kMostTiles)});
    if (this.cards.length > kMostCards) this.cards.shift();
    this.show();
    tell(`kept, ${this.cards.length} in all`);
  }

  show() {
    byId("kept-part").hidden = !this.cards.length;
    const keys = [...new Set(this.cards.flatMap(card => Object.keys(card.words)))];
    const differs = new Set(keys.filter(key => this.cards.some(card => card.words[key] !== this.cards[0].words[key])));
    byId("kept").replaceChildren(...this.cards.map((card, i) => this.card(card, i, differs)));
  }

  card(card, i, differs) {
    const name = `kept ${i + 1}`, facts = make("dl");
    for (const [key, value] of Object.entries(card.words))
      facts.append(make("dt", {}, key), make("dd", {class: differs.has(key) ? "differs" : null}, value));
    const tiles = make("div", {class: "tiles"}, ...card.pictures.map(png => make("img", {src: pngUrl(png), alt: ""})));
    const download = async () => {
      try {
        save(await (await post("/api/sample", {...card.request, format: "png"})).blob(), `${name.replace(" ", "-")}.png`);
      } catch (error) {
        notice("images-notice", error);
      }
    };
    const remove = () => {
      this.cards = this.cards.filter(one => one !== card);
      this.show();
      (byId("kept").querySelector("button") ?? byId("keep")).focus();
    };
    const button = (text, act) => make("button", {type: "button", class: "quiet", "aria-label": `${text}: ${name}`, onclick: act}, text);
    return make("article", {class: "card", "aria-label": name}, tiles, facts,
      make("div", {class: "row"}, button("Use", () => this.settings.take(card.request)), button("PNG", download), button("Remove", remove)));
  }
}
