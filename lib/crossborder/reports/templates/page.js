"use strict";
const fold = document.getElementById("fold");
const all = Array.from(document.querySelectorAll("details.code"));
if (!all.length) { fold.hidden = true; }
fold.addEventListener("click", () => {
  const open = fold.getAttribute("aria-pressed") !== "true";
  all.forEach((one) => { one.open = open; });
  fold.setAttribute("aria-pressed", String(open));
});
// On a phone the contents would fill the first screen.
const contents = document.getElementById("contents");
const wide = matchMedia("(min-width: 70rem)");
const fit = () => { contents.open = wide.matches; };
wide.addEventListener("change", fit);
fit();
// A box is a stop for the keyboard only where there is something to scroll.
const boxes = Array.from(document.querySelectorAll(".scroll"));
const stops = () => boxes.forEach((one) => { one.tabIndex = one.scrollWidth > one.clientWidth ? 0 : -1; });
addEventListener("resize", stops);
stops();
