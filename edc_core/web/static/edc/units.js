// Another unit for a number that stands there: is the number kept, or converted? Asked below the item, without a dialog.
// While one is still entering (the row was not left since the number was typed) the unit simply belongs to it.

import * as outbox from "./outbox.js";
import { inputs, read, rowAt, rowOf, say } from "./rows.js";

const unitOf = (row) => row.querySelector("select[name=unit]");
const nameOf = (select, unit) => [...select.options].find((o) => o.value === unit)?.textContent || unit;
export const questionOf = (row) => (row?.nextElementSibling?.matches("[data-units]") ? row.nextElementSibling : null);

let save = null; // what makes an outbox entry of a change, given by main.js

function close(row) {
  questionOf(row)?.remove();
  row.classList.remove("it--chg");
}

// Whether the change of unit waits for an answer; the entry is kept in the outbox meanwhile.
export function ask(row, select, changed) {
  save = changed;
  const { value, unit } = read(row), from = questionOf(row)?.dataset.from ?? select.dataset.was ?? unit;
  if (!value.trim() || row.dataset.fresh || row.dataset.missing) return false;
  if (unit === from) { // it was only tried
    const entry = outbox.find(row.getAttribute("hx-post"));
    if (entry?.held === "unit") outbox.remove(entry.op);
    close(row);
    return true;
  }
  changed(row, read(row), { held: "unit", from });
  show(row, select, from);
  return true;
}

async function show(row, select, from) {
  let strip = questionOf(row);
  if (!strip) {
    strip = document.getElementById("unit-strip").content.firstElementChild.cloneNode(true);
    row.after(strip);
    row.classList.add("it--chg");
  }
  const { value, unit } = read(row), units = { from: nameOf(select, from), to: nameOf(select, unit) };
  const [keep, convert] = strip.querySelectorAll(".chip");
  strip.dataset.from = from;
  strip.querySelector(".lb").textContent = say("unitAsk", units);
  strip.setAttribute("aria-label", say("unitAsk", units));
  keep.lastElementChild.textContent = say("unitKeep", { value, ...units });
  convert.disabled = true;
  convert.lastElementChild.textContent = say("unitConvert", { value: "…", ...units });
  document.getElementById("live").textContent = say("unitAskKeys", units);
  const number = await converted(row, value, from, unit);
  if (!strip.isConnected || read(row).unit !== unit) return;
  convert.disabled = !number;
  convert.dataset.value = number;
  convert.lastElementChild.textContent = number ? say("unitConvert", { value: number, ...units }) : say("unitNoFactor");
}

async function converted(row, value, from, to) {
  const version = document.querySelector("[data-form-url]").dataset.version;
  const query = new URLSearchParams({ value, from, to, version });
  try {
    const answer = await fetch(`${row.getAttribute("hx-post")}/converted?${query}`);
    return answer.ok ? (await answer.json()).value : "";
  } catch {
    return ""; // the number can still be kept
  }
}

function answer(row, chip) {
  if (!chip || chip.disabled) return;
  const select = unitOf(row);
  if (chip.dataset.answer === "convert") inputs(row)[0].value = chip.dataset.value;
  close(row);
  select.dataset.was = select.value;
  select.focus();
  save(row, read(row));
}

function takeBack(row) {
  const select = unitOf(row);
  select.value = questionOf(row).dataset.from;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  select.focus();
}

// Keys in the unit's box while its question is open, and in the question. Whether the key was one of them.
export function key(event) {
  const strip = event.target.closest?.("[data-units]");
  const row = strip?.previousElementSibling || (event.target.matches?.("select[name=unit]") ? rowOf(event.target) : null);
  const question = questionOf(row);
  if (!question) return false;
  const chips = question.querySelectorAll(".chip");
  if (event.key === "1" || event.key === "2") answer(row, chips[event.key - 1]);
  else if (event.key === "Escape") takeBack(row);
  else if (event.key === "Enter" && !strip) chips[0].focus();
  else return false;
  return true;
}

export function click(chip) {
  answer(chip.closest("[data-units]").previousElementSibling, chip);
}

document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.("select[name=unit]") && !questionOf(rowOf(target))) target.dataset.was = target.value;
});
document.addEventListener("input", ({ target }) => {
  if (target.name === "value" && rowOf(target)) rowOf(target).dataset.fresh = "1";
});
document.addEventListener("focusout", ({ target, relatedTarget }) => {
  const row = rowOf(target);
  if (row && !row.contains(relatedTarget)) delete row.dataset.fresh;
});

// A question that was open when the page went away is asked again.
export function start(changed) {
  save = changed;
  for (const entry of outbox.all().filter((e) => e.held === "unit")) {
    const row = rowAt(entry.url);
    if (row) show(row, unitOf(row), entry.from);
  }
}
