// The outbox: what was typed and is not yet on the server. It is written before anything is sent, kept per tab
// in sessionStorage so that a reload or a crash of the page loses nothing, and an entry leaves only when the
// server names its operation. Nothing here knows how things are sent.

const KEY = "edc-outbox";
const user = document.body.dataset.user || "";
let entries = load();

function load() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) || "{}");
    if (kept.user === user) return kept.entries || [];
  } catch { /* damaged storage is the same as none */ }
  sessionStorage.removeItem(KEY); // somebody else's, or unreadable
  return [];
}

let kept = true; // false while the page is covered: the entries stay in memory and in no storage

function store() {
  if (entries.length && kept) sessionStorage.setItem(KEY, JSON.stringify({ user, entries }));
  else sessionStorage.removeItem(KEY);
  document.dispatchEvent(new CustomEvent("edc:outbox"));
}

function newOp() {
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID needs https, development has none
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export const all = () => entries;
export const find = (url) => entries.findLast((e) => e.url === url);

// A later value replaces an earlier one of the same item unless that was already sent: then the server may have
// it, so it stays first and is repeated under its own operation until the server has answered.
export function put(change) {
  const entry = { ...change, op: newOp(), sent: false, at: Date.now() };
  const place = entries.findIndex((e) => e.url === change.url && !e.sent);
  if (place < 0) entries.push(entry);
  else entries[place] = entry;
  store();
  return entry;
}

export function update(entry, facts) {
  Object.assign(entry, facts);
  store();
}

export function remove(op) {
  const entry = entries.find((e) => e.op === op);
  entries = entries.filter((e) => e.op !== op);
  store();
  return entry;
}

export const next = () => entries.find((e) => !e.held);
export const waiting = () => entries.filter((e) => !e.held);

export function cover() { if (kept) { kept = false; store(); } }
export function uncover() { kept = true; store(); }
export function clear() { entries = []; store(); }
