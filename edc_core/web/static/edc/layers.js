// Everything that lies over the page: dialogs, the item menu, the drawer, the idle cover. Esc closes the top one
// and focus returns to where it was.

import * as outbox from "./outbox.js";
import { focusRow, rowAt, say, showMissing, words, write } from "./rows.js";

const byId = (id) => document.getElementById(id);
const back = new Map(); // layer -> element that had focus

function open(layer, first) {
  if (!layer.open) {
    back.set(layer, document.activeElement);
    layer.showModal();
  }
  (first || layer.querySelector("input, button"))?.focus();
}

function giveBack(layer) {
  const element = back.get(layer);
  back.delete(layer);
  if (element?.isConnected) element.focus({ preventScroll: true });
}

document.addEventListener("close", (event) => giveBack(event.target), true);

export const showKeys = () => open(byId("keys"));
export const ask = (id) => open(byId(id), byId(id).querySelector("input:not([type=hidden])"));

// ---- sign in again, in place --------------------------------------------------------------------------------
let whenBack = null;
let elsewhere = null; // hears of a sign-in in another tab
export function relogin(then) {
  whenBack = then;
  const dialog = byId("relogin");
  if (!dialog.open) {
    const count = outbox.all().length;
    byId("relogin-why").textContent = say(count === 1 ? "reloginOne" : count ? "reloginMany" : "relogin", { n: count });
    byId("relogin-said").textContent = "";
    const form = dialog.querySelector("form");
    form.reset();
    elsewhere = new BroadcastChannel("edc-signed-in");
    elsewhere.onmessage = () => signIn(form, true);
  }
  open(dialog, byId("relogin-password"));
  document.body.classList.add("covered"); // after opening: the way back to where the person was is still known
}

// By the password, or (quiet) because a page in another tab was opened: perhaps by a sign-in there, perhaps not.
async function signIn(form, quiet = false) {
  const said = byId("relogin-said");
  let response;
  try {
    const given = quiet ? { login: form.login.value } : new FormData(form); // a password half typed is not sent
    response = await fetch(form.action, { method: "POST", body: new URLSearchParams(given), headers: csrf() });
  } catch { said.textContent = quiet ? "" : say("offlineLogin"); return; }
  const answer = await response.json().catch(() => ({}));
  renew(answer.csrf);
  if (response.status === 403 && answer.csrf && !form.dataset.again) { form.dataset.again = "1"; return signIn(form, quiet); }
  delete form.dataset.again;
  if (!response.ok && quiet) return;
  if (!response.ok) { said.textContent = answer.message || say("failed"); form.password.select(); return; }
  document.body.classList.remove("covered");
  outbox.uncover();
  elsewhere.close();
  byId("relogin").close();
  active();
  whenBack?.();
}

// Takes the place of the page's token.
export function renew(token) {
  if (token) document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRFToken": token }));
}

function csrf() {
  return JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}");
}

// ---- two people changed the same item -----------------------------------------------------------------------
export function conflict(entry, then) {
  const dialog = byId("conflict");
  if (!dialog) return;
  const keep = dialog.querySelector("[data-keep]");
  dialog.addEventListener("change", () => { keep.disabled = false; });
  let decided = false;
  dialog.addEventListener("close", () => { then(decided); }, { once: true });
  keep.addEventListener("click", () => {
    const row = rowAt(entry.url);
    decided = true;
    outbox.remove(entry.op);
    if (row) row.dataset.v = dialog.dataset.version;
    if (dialog.querySelector("[name=keep]:checked").value === "mine")
      outbox.put({ ...entry, held: false, base: dialog.dataset.version });
    else if (row) write(row, { value: dialog.dataset.value, unit: dialog.dataset.unit, missing: dialog.dataset.missing });
    dialog.close();
    if (row) focusRow(row);
  });
  open(dialog, dialog.querySelector("input"));
}

// ---- item menu ----------------------------------------------------------------------------------------------
let menuRow = null;
export function itemMenu(row, near) {
  const menu = byId("item-menu");
  if (!menu || !row) return;
  menuRow = row;
  back.set(menu, document.activeElement === document.body ? near : document.activeElement);
  menu.querySelector("[data-name]").textContent = row.dataset.label;
  const help = row.querySelector(".hp p");
  menu.querySelector("[data-help]").textContent = help ? help.textContent : "";
  const list = menu.querySelector("[data-reasons]");
  const codes = row.dataset.item ? (row.dataset.reasons || "").split(" ").filter(Boolean) : [];
  list.replaceChildren(...codes.map((code) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "row";
    button.role = "menuitem";
    button.dataset.reason = code;
    button.textContent = words.reasons?.[code] || code;
    return button;
  }));
  for (const button of menu.querySelectorAll("[data-write]")) button.hidden = !row.dataset.item;
  menu.showPopover({ source: near });
  menu.querySelector("button:not([hidden])").focus();
}

export function menuChoice(button, changed) {
  const row = menuRow, menu = byId("item-menu");
  menu.hidePopover();
  if (button.dataset.reason) {
    showMissing(row, button.dataset.reason);
    changed(row, { value: "", unit: "", missing: button.dataset.reason });
    focusRow(row);
  } else if (button.dataset.do === "clear") {
    write(row, { value: "", unit: "", missing: "" });
    changed(row, { value: "", unit: "", missing: "" });
    focusRow(row);
  } else if (button.dataset.do === "history") history(row);
  else if (button.dataset.do === "ask") drawer(row, row.dataset.ask || pageUrl(row, "queries/new"));
}

// ---- drawer -------------------------------------------------------------------------------------------------
const pageUrl = (row, what) =>
  `${document.querySelector("[data-form-url]").dataset.formUrl}/${what}?item=${encodeURIComponent(row.dataset.item || row.dataset.read)}`;
export const history = (row) => drawer(row, pageUrl(row, "history"));

export function drawer(from, url) {
  const place = byId("drawer");
  if (!back.has(place)) back.set(place, document.activeElement);
  place.hidden = false;
  document.querySelector(".split")?.classList.add("with-drawer");
  const filled = htmx.ajax("GET", url, { target: "#drawer", swap: "innerHTML", source: place });
  filled.then(() => (place.querySelector("textarea") || place.querySelector("[tabindex], button"))?.focus());
}

export function closeDrawer() {
  const place = byId("drawer");
  if (!place || place.hidden) return false;
  place.hidden = true;
  place.replaceChildren();
  document.querySelector(".split")?.classList.remove("with-drawer");
  giveBack(place);
  return true;
}

// ---- idle cover ---------------------------------------------------------------------------------------------
const idle = Number(document.body.dataset.idle || 0) * 1000;
const WARN = 120000, PING = 300000;
let last = Date.now(), pinged = Date.now();

export function active() {
  if (document.body.classList.contains("covered")) return;
  last = Date.now();
  byId("idle").hidden = true;
  if (idle && last - pinged > Math.min(PING, idle / 3)) {
    pinged = last;
    fetch("/ping", { method: "POST", headers: csrf() }).catch(() => {});
  }
}

const cover = () => relogin(whenBack || (() => document.dispatchEvent(new CustomEvent("edc:back"))));

function watchIdle() {
  const left = last + idle - Date.now();
  if (left <= 0) outbox.cover();
  if (document.body.classList.contains("covered")) return;
  if (left <= 0) {
    byId("idle").hidden = true;
    cover();
  } else if (left < WARN) {
    byId("idle").hidden = false;
    byId("idle-left").textContent = say("idle", { time: `${Math.floor(left / 60000)}:${String(Math.floor(left / 1000) % 60).padStart(2, "0")}` });
  }
}

export function start() {
  if (!idle) return;
  setInterval(watchIdle, 1000);
  for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, active, true);
  byId("relogin").addEventListener("cancel", (event) => event.preventDefault());
  byId("relogin").querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(event.target);
  });
  const signedOut = new BroadcastChannel("edc-signed-out"); // one session serves all tabs: none of them shows on what it showed
  signedOut.onmessage = cover;
  byId("logout")?.addEventListener("submit", () => { outbox.clear(); signedOut.postMessage(""); });
}
