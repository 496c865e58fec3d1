"use strict";
const box = document.getElementById("search");
const found = document.getElementById("found");
const rows = Array.from(document.querySelectorAll("tr[data-text]"));
const groups = Array.from(document.querySelectorAll("section.group"));
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  rows.forEach((row) => {
    const hit = words.every((word) => row.dataset.text.includes(word));
    row.hidden = !hit;
    count += hit ? 1 : 0;
  });
  groups.forEach((group) => { group.hidden = !group.querySelector("tr[data-text]:not([hidden])"); });
  found.textContent = words.length ? `${count} of ${rows.length}` : "";
});
