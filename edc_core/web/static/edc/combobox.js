// Choosing from a code list that is too long for the page: the server finds terms while one types (ARIA APG combobox).
// What is typed and not chosen is sent as it stands, so nothing is lost; the server says that it is no answer.

import { rowOf, say } from "./rows.js";

const WAIT = 150, FEWEST = 1;
const boxOf = (element) => element.closest?.("[role=combobox]");
const listOf = (box) => document.getElementById(box.getAttribute("aria-controls"));
const codeOf = (box) => box.parentElement.querySelector("[name=value]");
const composing = (event) => event.isComposing || event.keyCode === 229;
const same = (a, b) => a.trim().toLowerCase() === b.trim().toLowerCase();
const found = new WeakMap(); // box to the terms the server named last
let timer = 0, asked = 0;

function announce(text) {
  document.getElementById("live").textContent = text;
}

function close(box) {
  clearTimeout(timer);
  asked += 1;
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
  box.setAttribute("aria-expanded", String(Boolean(terms.length)));
  box.removeAttribute("aria-activedescendant");
  announce(say(terms.length === 1 ? "oneTerm" : terms.length ? "terms" : "noTerms", { n: terms.length }));
}

async function search(box) {
  const typed = box.value.trim(), mine = (asked += 1);
  if (typed.length <= FEWEST && !/[^\u0000-\u02ff]/.test(typed)) return close(box);
  const query = new URLSearchParams({ q: typed, version: document.querySelector("[data-form-url]").dataset.version });
  let terms = [];
  try {
    const answer = await fetch(`${rowOf(box).getAttribute("hx-post")}/terms?${query}`);
    if (!answer.ok) return announce(say("noSearch"));
    ({ terms } = await answer.json());
  } catch {
    return announce(say("noSearch")); // what was typed is kept and sent with the item
  }
  if (mine !== asked) return;
  found.set(box, terms);
  if (document.activeElement === box) show(box, terms);
  else if (meant(box, typed)) take(box, meant(box, typed));
}

function meant(box, typed) { // the term of exactly this name or code, when there is one
  const fits = (found.get(box) || []).filter((term) => same(term.text, typed) || same(term.code, typed));
  return fits.length === 1 ? fits[0] : null;
}

function set(box, code, text) {
  const kept = codeOf(box);
  Object.assign(box.dataset, { code, text });
  box.value = text;
  if (kept.value === code) return;
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
document.addEventListener("focusout", (event) => {
  const box = boxOf(event.target);
  if (!box) return;
  const typed = box.value.trim();
  close(box);
  if (typed === box.dataset.text) return;
  const term = meant(box, typed);
  if (term) return take(box, term);
  set(box, typed, typed);
  if (typed) search(box); // left before the answer came: it is taken when exactly one term is meant
});
