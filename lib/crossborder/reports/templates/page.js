"use strict";
const fold = document.getElementById("fold");
const all = Array.from(document.querySelectorAll("details.code"));
if (!all.length) { fold.hidden = true; }
fold.addEventListener("click", () => {
  const open = fold.getAttribute("aria-pressed") !== "true";
  all.forEach((one) => { one.open = open; });
  fold.setAttribute("aria-pressed", String(open));
  fold.textContent = open ? "Hide all code" : "Show all code";
});
