// Choosing from a code list that is too long for the page: the server finds terms while one types (ARIA APG combobox).
// What is typed and not chosen is sent as it stands, so nothing is lost; the server says that it is no answer.
// Where the box itself is the value, terms are only suggested: quietly, and what is typed stays unless one is chosen.

import { rowOf, say } from "./rows.js";

const WAIT = 150, FEWEST = 1;
const FREE = 16; // between the list and what stands still, as the page's scroll-padding: stepping through it moves nothing
const boxOf = (element) => element.closest?.("[role=combobox]");
const listOf = (box) => document.getElementById(box.getAttribute("aria-controls"));
const codeOf = (box) => box.parentElement.querySelector("[name=value]");
const suggests = (box) => box.name === "value";
const composing = (event) => event.isComposing || event.keyCode === 229;
const same = (a, b) => a.trim().toLowerCase() === b.trim().toLowerCase();
const found = new WeakMap(); // box to the terms the server named last
const asked = new WeakMap(); // box to the number of its last search: leaving one box for another drops nothing
let timer = 0;

function announce(text) {
  document.getElementById("live").textContent = text;
}

function count(box) {
  asked.set(box, (asked.get(box) ?? 0) + 1);
  return asked.get(box);
}

function close(box) {
  clearTimeout(timer);
  count(box);
  listOf(box).hidden = true;
  listOf(box).replaceChildren();
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

function show(box, terms) {
  const list = listOf(box);
  list.replaceChildren(...terms.map(({ code, text }, place) => {
    const option = document.createElement("li");
    option.id = `${list.id}-${place}`;
    option.role = "option";
    option.dataset.code = code;
    option.setAttribute("aria-selected", "false");
    const name = Object.assign(document.createElement("span"), { textContent: text });
    const key = Object.assign(document.createElement("span"), { textContent: code, className: "mut xs" });
    option.append(name, ...(code === text ? [] : [key]));
    return option;
  }));
  list.hidden = !terms.length;
  place(box);
  box.setAttribute("aria-expanded", String(Boolean(terms.length)));
  box.removeAttribute("aria-activedescendant");
  if (terms.length || !suggests(box)) announce(say(terms.length === 1 ? "oneTerm" : terms.length ? "terms" : "noTerms", { n: terms.length }));
}

// Where what lies over the foot of the page begins: its bar, or the drawer where that is no column beside the form.
function floor() {
  const drawer = document.querySelector(".drawer");
  const lies = drawer?.offsetHeight && getComputedStyle(drawer).position === "fixed" ? drawer : document.querySelector(".foot");
  return Math.min(innerHeight, lies?.getBoundingClientRect().top ?? innerHeight);
}

// Below its box, or above where more of the page is free, as high as that: the bars of the page stand still and would hide it.
function place(box) {
  const list = listOf(box), { top, bottom } = box.getBoundingClientRect();
  const edge = (bar, side) => document.querySelector(bar)?.getBoundingClientRect()[side];
  const above = top - Math.max(0, edge(".ctx", "bottom") ?? 0, edge(".bars", "bottom") ?? 0) - FREE;
  const below = floor() - bottom - FREE;
  list.style.maxHeight = "";
  const up = list.offsetHeight > below && above > below;
  list.classList.toggle("cb-l--up", up);
  list.style.maxHeight = `${Math.min(list.offsetHeight, up ? above : below)}px`;
}

async function search(box) {
  const typed = box.value.trim(), mine = count(box);
  if (typed.length <= FEWEST && !/[^\u0000-\u02ff]/.test(typed)) return close(box);
  const query = new URLSearchParams({ q: typed, version: document.querySelector("[data-form-url]").dataset.version });
  let terms = [];
  try {
    const answer = await fetch(`${rowOf(box).getAttribute("hx-post")}/terms?${query}`);
    if (answer.ok) ({ terms } = await answer.json());
    else if (!suggests(box)) return announce(say("noSearch"));
  } catch {
    if (!suggests(box)) return announce(say("noSearch")); // what was typed is kept and sent with the item
  }
  if (mine !== asked.get(box)) return;
  found.set(box, terms);
  if (document.activeElement === box) show(box, terms);
  else if (!suggests(box) && meant(box, typed)) take(box, meant(box, typed));
}

function meant(box, typed) { // the term of exactly this name or code, when there is one
  const fits = (found.get(box) || []).filter((term) => same(term.text, typed) || same(term.code, typed));
  return fits.length === 1 ? fits[0] : null;
}

function set(box, code, text) {
  const kept = codeOf(box), was = kept.value;
  Object.assign(box.dataset, { code, text });
  box.value = text;
  if (was === code) return;
  kept.value = code;
  kept.dispatchEvent(new Event("change", { bubbles: true }));
}

function take(box, { code, text }) {
  close(box);
  set(box, code, text);
}

const active = (box) => document.getElementById(box.getAttribute("aria-activedescendant"));
const chosen = (option) => ({ code: option.dataset.code, text: option.firstElementChild.textContent });

function move(box, by) {
  const options = [...listOf(box).children];
  if (!options.length) return search(box);
  const here = options.indexOf(active(box));
  const to = options.at(here < 0 ? (by > 0 ? 0 : -1) : (here + by) % options.length);
  for (const option of options) option.setAttribute("aria-selected", String(option === to));
  box.setAttribute("aria-activedescendant", to.id);
  to.scrollIntoView({ block: "nearest" });
}

function key(event) {
  const box = boxOf(event.target);
  if (!box || composing(event) || event.ctrlKey || event.altKey || event.metaKey) return;
  const open = !listOf(box).hidden, option = active(box);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") move(box, event.key === "ArrowDown" ? 1 : -1);
  else if (event.key === "Escape" && open) close(box);
  else if (event.key === "Enter" && open && option) take(box, chosen(option));
  else {
    if (event.key === "Tab" && open && option) take(box, chosen(option));
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("keydown", key, true); // before the form's own keys
document.addEventListener("input", (event) => {
  const box = boxOf(event.target);
  if (!box) return;
  clearTimeout(timer);
  timer = setTimeout(search, WAIT, box);
});
document.addEventListener("mousedown", (event) => { // before the box loses focus
  const option = event.target.closest("[role=option]");
  if (!option) return;
  event.preventDefault();
  take(document.querySelector(`[aria-controls="${CSS.escape(option.parentElement.id)}"]`), chosen(option));
});
addEventListener("scroll", () => {
  const box = boxOf(document.activeElement);
  if (box && !listOf(box).hidden) place(box);
}, { passive: true });
function leave(box) {
  const typed = box.value.trim();
  close(box);
  if (suggests(box) || typed === box.dataset.text) return;
  const term = meant(box, typed);
  if (term) return take(box, term);
  set(box, typed, typed);
  if (typed) search(box); // left before the answer came: it is taken when exactly one term is meant
}

document.addEventListener("focusout", (event) => {
  const box = boxOf(event.target);
  if (box) leave(box);
});
for (const box of document.querySelectorAll("[role=combobox]")) { // what was typed before this was there
  if (box.value.trim() === box.dataset.text) continue;
  if (document.activeElement === box) search(box);
  else leave(box);
}
