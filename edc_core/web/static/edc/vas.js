// A line of 100 mm and the box beside it say the same. The box is what is stored; the line is one way to fill it.

import { say } from "./rows.js";

const boxOf = (line) => line.parentElement.querySelector("[name=value]");

function show(vas) { // the line as the box has it
  const line = vas.querySelector("[type=range]"), value = vas.querySelector("[name=value]").value.trim();
  const onLine = /^\d{1,3}$/.test(value) && Number(value) <= 100;
  vas.dataset.mm = onLine ? value : "";
  if (onLine) line.value = value;
  line.setAttribute("aria-valuetext", onLine ? `${value} mm` : say("noValue"));
}

const showAll = () => document.querySelectorAll(".vas").forEach(show);

function fill(line) {
  boxOf(line).value = line.value;
  show(line.parentElement);
}

const lineOf = (event) => event.target.closest?.(".vas [type=range]");
document.addEventListener("input", (event) => {
  if (lineOf(event)) fill(event.target);
  else if (event.target.closest?.(".vas")) show(event.target.closest(".vas"));
});
document.addEventListener("change", (event) => {
  if (!lineOf(event)) return;
  fill(event.target);
  boxOf(event.target).dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("pointerup", (event) => { // a click at the very middle changes nothing for the browser
  const line = lineOf(event);
  if (line && !line.parentElement.dataset.mm) line.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("edc:written", showAll);
document.addEventListener("htmx:after:swap", showAll);
showAll();
