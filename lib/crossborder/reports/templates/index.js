"use strict";
const box = document.getElementById("search");
const found = document.getElementById("found");
const rows = Array.from(document.querySelectorAll("tr[data-text]"));
const answers = Array.from(document.querySelectorAll("tr[data-answer]"));
const groups = Array.from(document.querySelectorAll("section.group"));
const fold = document.getElementById("all-answers");
const show = (all, key, words) => all.filter((row) => {
  row.hidden = !words.every((word) => row.dataset[key].includes(word));
  return !row.hidden;
}).length;
function search() {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const notebooks = show(rows, "text", words);
  const questions = show(answers, "answer", words);
  groups.forEach((group) => { group.hidden = !group.querySelector("tr[data-text]:not([hidden])"); });
  if (fold) {
    fold.open = words.length > 0 && questions > 0;
    fold.parentElement.hidden = words.length > 0 && questions === 0;
  }
  const told = [`${found.dataset.notebooks}: ${notebooks} / ${rows.length}`];
  if (fold) { told.push(`${found.dataset.answers}: ${questions} / ${answers.length}`); }
  found.textContent = !words.length ? "" : notebooks + questions ? told.join(", ") : found.dataset.none;
}
if (box) {
  box.addEventListener("input", search);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { box.value = ""; search(); event.preventDefault(); }
  });
  search();
}
