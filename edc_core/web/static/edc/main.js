// Ties the parts together: a change becomes an outbox entry, keys move and act, buttons open layers.

import * as layers from "./layers.js";
import * as outbox from "./outbox.js";
import * as rows from "./rows.js";
import * as sync from "./sync.js";
import * as units from "./units.js";

const say = rows.say;
const form = () => document.querySelector("[data-form-url]");
const composing = (event) => event.isComposing || event.keyCode === 229;
const typing = (element) => element.matches?.("input:not([type=radio], [type=checkbox]), textarea, select");

// ---- a change -----------------------------------------------------------------------------------------------
const REASON = ".strip:not([data-units])";
function changed(row, now, more = {}) {
  const entry = outbox.put({
    url: row.getAttribute("hx-post"), label: row.dataset.label, base: row.dataset.v, ...now,
    version: form()?.dataset.version || "", page: location.pathname, held: Boolean(form()?.dataset.reason), ...more,
  });
  delete row.dataset.refused;
  if (more.held) return;
  if (entry.held) askReason(row, entry);
  else sync.flush();
}

document.addEventListener("change", (event) => {
  const row = rows.rowOf(event.target);
  if (row && event.target.matches("[data-nd]")) return notDone(row, event.target.checked);
  if (!row || !event.target.name || event.target.closest(".strip")) return;
  if (event.target.matches("select[name=unit]") && units.ask(row, event.target, changed)) return;
  if (event.target.checked && event.target.type === "checkbox") rows.standAlone(row, event.target);
  changed(row, rows.read(row));
}, true); // capture: before htmx and before anything that could fail

// The box "not done" of a grid's row: without it, what stands in the result counts again.
function notDone(row, on) {
  rows.showMissing(row, on ? "ND" : "");
  changed(row, on ? { value: "", unit: "", missing: "ND" } : rows.read(row));
}

// ---- why did it change? -------------------------------------------------------------------------------------
let lastReason = "1";
function askReason(row, entry) {
  let strip = row.nextElementSibling?.matches(REASON) ? row.nextElementSibling : null;
  if (!strip) {
    strip = document.getElementById("reason-strip").content.firstElementChild.cloneNode(true);
    row.after(strip);
  }
  strip.dataset.op = entry.op;
  row.classList.add("it--chg");
  setTimeout(() => strip.querySelector(`[data-key="${lastReason}"]`)?.focus(), 0);
}

function giveReason(strip, chip) {
  const other = strip.querySelector("input");
  if (chip.dataset.free && other.hidden) {
    other.hidden = false;
    other.focus();
    return;
  }
  if (chip.dataset.free && !other.value.trim()) { other.focus(); return; }
  lastReason = chip.dataset.key;
  const row = strip.previousElementSibling;
  const entry = outbox.all().find((e) => e.op === strip.dataset.op);
  if (entry) outbox.update(entry, { held: false, reason: chip.dataset.code, text: chip.dataset.free ? other.value : "" });
  strip.remove();
  row.classList.remove("it--chg");
  rows.step(row, 1);
  sync.flush();
}

function stripKey(event, strip) {
  const other = strip.querySelector("input");
  if (event.target === other) {
    if (event.key === "Enter") { event.preventDefault(); giveReason(strip, strip.querySelector("[data-free]")); }
    return;
  }
  const chip = strip.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (chip) { event.preventDefault(); giveReason(strip, chip); }
}

// ---- keys ---------------------------------------------------------------------------------------------------
function pick(event, row) {
  const choices = rows.inputs(row).filter((i) => i.type === "radio" || i.type === "checkbox");
  if (!choices.length || event.ctrlKey || event.altKey || event.metaKey) return false;
  let choice = /^[1-9]$/.test(event.key) ? choices[event.key - 1] : null;
  if (choices[0].dataset.yesNo !== undefined && /^[yn]$/i.test(event.key)) choice = choices[event.key.toLowerCase() === "y" ? 0 : 1];
  if (choice) { choice.focus(); choice.click(); return true; }
  if ((event.key === "Backspace" || event.key === "Delete") && choices.some((i) => i.checked)) {
    for (const i of choices) i.checked = false;
    changed(row, rows.read(row));
    return true;
  }
  return false;
}

function formKey(event) {
  const row = rows.rowOf(event.target) || event.target.closest?.("[data-read]");
  if (event.key === "Enter" && !event.ctrlKey && row && event.target.matches("input, select")) { rows.step(row, 1); return true; }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by && !event.altKey && !event.ctrlKey && row?.matches(".gr") &&
      event.target.matches(".in:not([role=combobox]), [data-nd]")) { rows.stepColumn(event.target, by); return true; }
  if (event.ctrlKey && event.key === "s") { press("[data-complete=stay]"); return true; }
  if (event.ctrlKey && event.key === "Enter") { press("[data-complete=next]"); return true; }
  if (event.altKey && event.key === "ArrowDown") { rows.stepIssue(row, 1); return true; }
  if (event.altKey && event.key === "ArrowUp") { rows.stepIssue(row, -1); return true; }
  if (event.ctrlKey && event.key === "." && row) { layers.itemMenu(row, event.target); return true; }
  return row ? pick(event, row) : false;
}

let chord = 0;
function pageKey(event) {
  if (typing(event.target) || event.ctrlKey || event.altKey || event.metaKey || document.body.dataset.keys === "off") return false;
  if (chord && Date.now() - chord < 1500) {
    chord = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) { link.click(); return true; }
  }
  if (event.key === "g") { chord = Date.now(); return true; }
  if (event.key === "?") { layers.showKeys(); return true; }
  if (event.key === "/") { document.querySelector(".find input")?.focus(); return true; }
  const button = document.querySelector(`[data-letter="${CSS.escape(event.key)}"]`);
  if (button && !rows.rowOf(event.target)) { button.click(); return true; }
  return false;
}

document.addEventListener("keydown", (event) => {
  if (composing(event)) return;
  if (units.key(event)) { event.preventDefault(); return; }
  const strip = event.target.closest?.(REASON);
  if (strip) return stripKey(event, strip);
  const menu = event.target.closest?.("[role=menu]");
  if (menu) return menuKey(event, menu);
  if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open") && layers.closeDrawer()) return;
  if (event.target.closest?.("dialog")) return;
  if ((form() && formKey(event)) || pageKey(event)) event.preventDefault();
});

function menuKey(event, menu) {
  const all = [...menu.querySelectorAll("button:not([hidden])")];
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = all.indexOf(document.activeElement);
  const hit = by ? all.at((here + by) % all.length) : /^[a-z]$/i.test(event.key) &&
    all.find((b) => (b.dataset.letterKey || b.textContent.trim()[0]).toLowerCase() === event.key.toLowerCase());
  if (!hit) return;
  event.preventDefault();
  hit.focus();
  if (!by && hit.dataset.letterKey) hit.click();
}

document.addEventListener("keypress", (event) => { // the browser's own submit on Enter, wherever an item stands
  if (event.key === "Enter" && rows.rowOf(event.target) && event.target.matches("input")) event.preventDefault();
});
document.addEventListener("wheel", (event) => {
  if (event.target.matches?.("input[type=number]")) event.target.blur();
}, { passive: true });

// ---- buttons that wait until everything typed is on the server ------------------------------------------------
function press(selector) {
  const button = document.querySelector(selector);
  if (!button) return;
  if (document.activeElement !== document.body) {
    const field = document.activeElement;
    if (typing(field) && rows.rowOf(field)) { field.blur(); field.focus(); } // let a value that is being typed change
  }
  go(button);
}

let waitingFor = null;
function go(button) {
  const strip = document.querySelector(".strip");
  if (strip) {
    waitingFor = null;
    strip.querySelector("button").focus();
    announce(say(strip.matches(REASON) ? "reasonFirst" : "unitFirst"));
    return;
  }
  const sending = document.querySelector("[data-sending] [data-do=file-stop]");
  if (sending) { sending.focus(); announce(say("fileFirst")); return; }
  const refused = document.querySelector("[data-refused]");
  if (refused) { rows.focusRow(refused); announce(say("refusedFirst")); return; }
  if (!outbox.all().length) { button.dispatchEvent(new CustomEvent("edc:go")); return; }
  waitingFor = button;
  button.setAttribute("aria-busy", "true");
  sync.flush();
}
document.addEventListener("edc:outbox", () => {
  if (!waitingFor || outbox.all().length) return;
  const button = waitingFor;
  waitingFor = null;
  button.removeAttribute("aria-busy");
  setTimeout(() => button.dispatchEvent(new CustomEvent("edc:go")), 0);
});

function announce(text) {
  document.getElementById("live").textContent = text;
}

// ---- clicks -------------------------------------------------------------------------------------------------
document.addEventListener("click", (event) => {
  const button = event.target.closest("button, a");
  if (!button) return;
  const row = button.closest("[data-item], [data-read]");
  const act = button.dataset.do;
  if (button.matches("[data-waits]")) { event.preventDefault(); go(button); }
  else if (button.closest("[data-units]")) units.click(button);
  else if (button.closest(".strip") && button.matches(".chip")) giveReason(button.closest(".strip"), button);
  else if (button.closest("#item-menu")) layers.menuChoice(button, changed);
  else if (act === "menu") layers.itemMenu(row, button);
  else if (act === "history") layers.history(row);
  else if (act === "enter-value") { rows.showMissing(row, ""); rows.focusRow(row); }
  else if (act === "calendar") calendar(row);
  else if (act === "close-drawer") layers.closeDrawer();
  else if (act === "close") button.closest("dialog").close();
  else if (act === "keys") layers.showKeys();
  else if (button.dataset.say) { const box = document.getElementById("query-text"); box.value = button.dataset.say; box.focus(); }
  else if (act === "resolve") sync.retry(row);
  else if (act === "cleared") changed(row, rows.read(row), { cleared: true });
  else if (act === "ask-reason") layers.ask(button.dataset.for);
  else if (button.matches("a[data-drawer]") && !event.ctrlKey && !event.metaKey) { event.preventDefault(); layers.drawer(row, button.href); }
});

function calendar(row) {
  const box = row.querySelector("input[name=value]");
  let helper = row.querySelector("input[type=date]");
  if (!helper) {
    helper = Object.assign(document.createElement("input"), { type: "date", className: "cal-in", tabIndex: -1 });
    helper.setAttribute("aria-hidden", "true");
    helper.addEventListener("change", (event) => {
      event.stopPropagation();
      box.value = helper.value;
      box.focus();
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
    box.after(helper);
  }
  helper.showPicker();
}

// ---- after Complete, focus goes to the first issue, else to the next step ---------------------------------------
document.addEventListener("htmx:after:swap", () => {
  const wish = document.querySelector("[data-focus]");
  if (!wish) return;
  const name = wish.dataset.focus;
  const target = name === "row" ? wish.querySelector(".crf-edit [data-item]") : document.getElementById(name);
  wish.removeAttribute("data-focus");
  if (target?.dataset.item) rows.focusRow(target);
  else (target?.matches("button, a") ? target : target?.querySelector("a, button"))?.focus();
});
document.addEventListener("edc:back", () => sync.wake());

// Controls of few forms come with the first page or part that has one.
const CONTROLS = { "[role=combobox]": "./combobox.js", ".vas": "./vas.js", ".fl": "./file.js", ".gr[data-item]": "./paste.js" };
const bring = () => Promise.all(Object.keys(CONTROLS).filter((c) => document.querySelector(c)).map((c) => import(CONTROLS[c])));
document.addEventListener("htmx:after:swap", bring);

new BroadcastChannel("edc-signed-in").postMessage(""); // covered pages in other tabs go on
layers.start();
sync.start();
units.start(changed);
await bring(); // a box that nobody listens to yet is not ready
document.documentElement.dataset.ready = "1";
