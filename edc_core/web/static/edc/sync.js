// Sends the outbox, one entry after the other in the order typed, and reads the answers. htmx carries the requests
// (the two listeners at the end); what is kept, repeated or given up is decided here.

import * as outbox from "./outbox.js";
import { note, rowAt, say, write } from "./rows.js";
import { conflict, relogin, renew } from "./layers.js";

const WATCHDOG = 3000, STUCK = 15000, FIRST_DELAY = 500, MAX_DELAY = 15000;
let flying = null, since = 0, delay = 0, retryAt = 0, asleep = false, savedAt = "", trouble = "";

export const pending = () => outbox.all().length;
export const quiet = () => !outbox.waiting().length;

export function flush() {
  if (flying || asleep || Date.now() < retryAt) return;
  const entry = outbox.next();
  if (!entry) return;
  const row = rowAt(entry.url);
  if (!entry.sent) {
    const base = row ? row.dataset.v : entry.base;
    outbox.update(entry, { sent: true, base }); // from here on the request never changes: it may be repeated
  }
  flying = entry;
  since = Date.now();
  show();
  if (row) row.dispatchEvent(new CustomEvent("edc:save", { bubbles: false }));
  else htmx.ajax("POST", entry.url, { values: body(entry), swap: "none", source: document.body, edc: entry });
}

function body(entry) {
  const { op, value, missing, unit, base, reason, text, version, cleared } = entry;
  return { op, value, missing, unit, base, version, reason_code: reason || "", reason_text: text || "", ...(cleared && { cleared: "1" }) };
}

function again(wanted) { // the server may say when
  delay = wanted || Math.min(delay ? delay * 2 : FIRST_DELAY, MAX_DELAY);
  retryAt = Date.now() + delay;
  setTimeout(flush, delay);
}

function landed(entry, headers) {
  const row = rowAt(entry.url);
  outbox.remove(entry.op);
  delay = retryAt = 0;
  trouble = "";
  savedAt = headers.get("Edc-Saved-At") || new Date().toISOString();
  if (!row) return;
  if (Number(headers.get("Edc-Version")) > Number(row.dataset.v)) signatureBreaks();
  row.dataset.v = headers.get("Edc-Version") || row.dataset.v;
  delete row.dataset.refused;
  const shown = decodeURIComponent(headers.get("Edc-Shown") || "");
  const box = row.querySelector("input[name=value]:not([type=radio])");
  if (box && shown && !row.contains(document.activeElement) && !outbox.find(entry.url) && box.value === entry.value)
    box.value = shown;
}

function signatureBreaks() { // with every change of what is signed
  const signed = document.getElementById("signed");
  if (!signed) return;
  signed.remove();
  document.getElementById("unsigned").hidden = false;
}

function refused(entry, text) {
  outbox.remove(entry.op);
  delay = retryAt = 0;
  const row = rowAt(entry.url);
  if (!row) return;
  row.dataset.refused = "1"; // the text stays on the screen and nowhere else
  if (text) note(row, "bad", say("notStored", { why: text }));
}

// Whether the answer counts as handled. The server names the operation it stored: a proxy's friendly 200 does not.
function answered(entry, status, headers) {
  if (status >= 200 && status < 300 && headers.get("Edc-Op") === entry.op) return landed(entry, headers);
  if (status === 401) { asleep = true; return relogin(wake); }
  if (status === 409) { asleep = true; outbox.update(entry, { held: "choice" }); return; } // its dialog comes with the swap
  if (status === 403 && headers.get("Edc-Csrf")) return again(); // the page was older than its token, the person may
  if (status === 412) { asleep = true; trouble = "versionChanged"; return; }
  if ([400, 403, 404, 413, 422, 423].includes(status))
    return refused(entry, status === 422 && !headers.get("Edc-Code") ? "" : say("status" + status));
  trouble = status === 429 || status === 503 ? "busy" : status ? "failed" : "offline";
  again(Number(headers.get("Retry-After")) * 1000);
}

function chooseLater(row) {
  if (!row) return;
  note(row, "warn", say("twoValues"));
  const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: say("choose") });
  button.dataset.do = "resolve";
  row.querySelector(".nt").append(" ", button);
}

export function retry(row) {
  const entry = outbox.find(row.getAttribute("hx-post"));
  if (entry) outbox.update(entry, { held: false });
  wake();
}

export function wake() { asleep = false; delay = retryAt = 0; flush(); show(); }

function clock(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
}

function show() {
  const place = document.getElementById("saved");
  if (!place) return;
  const count = outbox.all().length, held = outbox.all().filter((e) => e.held).length;
  let text = place.dataset.text || "", kind = "";
  if (count && count === held) [text, kind] = [say(outbox.all().some((e) => e.held === "choice") ? "heldChoice" : outbox.all().some((e) => e.held === "unit") ? "heldUnit" : held === 1 ? "oneHeld" : "held", { n: held }), "k-part"];
  else if (trouble && count) [text, kind] = [say(count === 1 ? "oneNotSent" : "notSent", { n: count }), "k-late"];
  else if (count) text = Date.now() - since > 400 || flying ? say("saving") : text;
  else if (savedAt) [text, kind] = [say("savedAt", { time: clock(savedAt) }), "k-done"];
  if (place.textContent !== text) place.textContent = text;
  place.dataset.state = kind;
  const banner = document.getElementById("trouble");
  const message = count && trouble ? say(trouble, { n: count }) : "";
  if ((banner.dataset.message || "") !== message) {
    banner.dataset.message = message;
    tell(message);
  }
}

// What is still in the outbox stands in its control again, whatever the server has just drawn.
export function restore() {
  for (const entry of outbox.all()) {
    const row = rowAt(entry.url);
    if (row && !row.contains(document.activeElement)) write(row, entry);
  }
}

// The study may have moved to a newer version between the page that was left and this one: what still has its
// place is sent under the new version, what has none is named so that nobody takes it for stored.
function carryOver() {
  const version = document.querySelector("[data-form-url]")?.dataset.version;
  if (!version) return;
  const gone = [];
  for (const entry of outbox.all()) {
    if (entry.page !== location.pathname || !entry.version || entry.version === version) continue;
    const row = rowAt(entry.url);
    if (row) outbox.put({ ...entry, version, base: row.dataset.v });
    else gone.push(entry);
    outbox.remove(entry.op);
  }
  if (gone.length) tell(say("noPlace", { list: gone.map((e) => `${e.label}: ${e.value}`).join("; ") }));
}

function tell(text) {
  const banner = document.getElementById("trouble");
  banner.querySelector("p").textContent = text;
  banner.hidden = !text;
}

export function start() {
  carryOver();
  const before = outbox.all().length;
  restore();
  flush();
  if (before) document.addEventListener("edc:outbox", function once() {
    if (outbox.all().length) return;
    document.removeEventListener("edc:outbox", once);
    const live = document.getElementById("live");
    if (live) live.textContent = say(before === 1 ? "oneReplayed" : "replayed", { n: before });
  });
  setInterval(() => {
    if (flying && Date.now() - since > STUCK) flying = null;
    flush();
    show();
  }, WATCHDOG);
  addEventListener("online", () => { delay = retryAt = 0; flush(); });
  addEventListener("beforeunload", (event) => {
    if (outbox.all().length || document.querySelector("[data-refused]")) event.preventDefault();
  });
  document.addEventListener("edc:outbox", show);
}

// ---- htmx -------------------------------------------------------------------------------------------------------
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceEvent?.type === "edc:save" && flying) {
    ctx.edc = flying;
    ctx.request.body = new FormData();
    for (const [key, value] of Object.entries(body(flying))) ctx.request.body.append(key, value ?? "");
  }
});

function finish(ctx, status, headers) {
  const entry = ctx?.edc;
  if (!entry || entry.finished === ctx) return false;
  if (flying === entry) flying = null;
  answered(entry, status, headers);
  show();
  queueMicrotask(flush);
  return true;
}

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  renew(ctx.response.headers.get("Edc-Csrf"));
  if (ctx.edc && ctx.response.headers.get("Edc-Csrf")) ctx.hx.reswap = "none"; // it is sent again: nobody has to do anything
  if (finish(ctx, ctx.response.status, ctx.response.headers)) return;
  if (ctx.response.status === 401) relogin(() => location.reload());
  else if (ctx.response.status >= 500) lost(ctx);
});
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.response || !ctx) return;
  if (!finish(ctx, 0, new Headers())) lost(ctx);
});

// A request that carries no typed value (opening a row, a drawer) failed: say so, never leave an empty place.
function lost(ctx) {
  const reference = ctx.response?.headers.get("Edc-Reference") || "";
  tell(say(ctx.response ? "actionFailed" : "actionOffline", { reference }));
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  restore();
  if (ctx.response?.status !== 409 || !ctx.edc) return;
  const entry = ctx.edc;
  conflict(entry, (decided) => {
    if (!decided) chooseLater(rowAt(entry.url));
    wake();
  });
});
