// SPDX-License-Identifier: MIT
// Two thumbs on one track: neither passes the other.

export class RangePair {
  constructor(low, high, fill, change) {
    Object.assign(this, {low, high, fill});
    low.addEventListener("input", () => { low.value = Math.min(+low.value, +high.value); this.paint(); change(); });
    high.addEventListener("input", () => { high.value = Math.max(+low.value, +high.value); this.paint(); change(); });
    this.paint();
  }

  get value() { return [+this.low.value, +this.high.value]; }

  set value([low, high]) {
    this.low.value = low;
    this.high.value = high;
    this.paint();
  }

  paint() {
    const [low, high] = this.value;
    this.fill.style.left = `${low * 100}%`;
    this.fill.style.right = `${(1 - high) * 100}%`;
    // Where both stand at the right end, the lower one has to be within reach.
    this.low.style.zIndex = low > 0.5 ? 2 : 1;
    this.high.style.zIndex = low > 0.5 ? 1 : 2;
  }
}
