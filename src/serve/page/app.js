// SPDX-License-Identifier: MIT
"use strict";
fetch("/api/models").then(answer => answer.json()).then(list => {
  for (const model of list.models) {
    const item = document.createElement("li");
    item.textContent = `${model.name}: ${model.kind}, ${model.objective}, step ${model.step}`;
    document.getElementById("models").append(item);
  }
});
