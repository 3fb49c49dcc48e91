// An item's row: reading what stands in its control, putting a value there, and moving between rows.

export const words = JSON.parse(document.getElementById("edc-words")?.textContent || "{}");
export const say = (key, facts = {}) =>
  (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");

export const rowOf = (element) => element.closest?.("[data-item]");
export const rowAt = (url) => document.querySelector(`[data-item][hx-post="${CSS.escape(url)}"]`);
export const inputs = (row) => [...row.querySelectorAll("[name=value], [name^=r-]")];
const escapeCode = (code) => code.replaceAll("%", "%25").replaceAll(";", "%3B");

export function read(row) {
  const unit = row.querySelector("[name=unit]")?.value || "";
  const all = inputs(row);
  const boxes = all.filter((i) => i.type === "checkbox");
  let value = all[0]?.value ?? "";
  if (boxes.length) value = boxes.filter((i) => i.checked).map((i) => escapeCode(i.value)).join(";");
  else if (all[0]?.type === "radio") value = all.find((i) => i.checked)?.value ?? "";
  return { value, unit, missing: "" };
}

// "None of these" unticks the others, and any of them unticks it.
export function standAlone(row, ticked) {
  const alone = ticked.dataset.alone !== undefined;
  for (const box of inputs(row)) if (box !== ticked && (alone || box.dataset.alone !== undefined)) box.checked = false;
}

export function write(row, { value, unit, missing }) {
  const codes = (value || "").split(";");
  for (const input of inputs(row)) {
    if (input.type === "radio") input.checked = input.value === value;
    else if (input.type === "checkbox") input.checked = codes.includes(escapeCode(input.value));
    else if (input.value !== value) input.value = value ?? "";
  }
  const combobox = row.querySelector("[role=combobox]");
  if (combobox) combobox.value = combobox.dataset.code === value ? combobox.dataset.text : value ?? "";
  const box = row.querySelector("[name=unit]");
  if (box && unit) box.value = unit;
  showMissing(row, missing || "");
  row.dispatchEvent(new CustomEvent("edc:written", { bubbles: true }));
}

export function showMissing(row, code) {
  const [control, missing] = row.querySelectorAll(".ctl");
  if (!missing) return;
  control.hidden = Boolean(code);
  missing.hidden = !code;
  row.dataset.missing = code;
  const notDone = row.querySelector("[data-nd]");
  if (notDone) notDone.checked = code === "ND";
  row.querySelector("[data-missing-word]").textContent = code ? words.reasons?.[code] || code : "";
}

export function note(row, level, text) {
  const place = row.querySelector(".nt");
  place.replaceChildren();
  if (!text) return;
  const span = document.createElement("span");
  span.className = level;
  span.textContent = text;
  place.append(span);
}

const visible = (e) => e.offsetParent !== null && !e.disabled;
export const rows = () => [...document.querySelectorAll(".crf [data-item]")].filter((r) => visible(r));

export function controlOf(row) {
  const all = [...row.querySelectorAll("[role=combobox], [type=file]"), ...inputs(row), ...row.querySelectorAll("[type=range]")].filter(visible);
  return all.find((i) => i.checked) || all[0] || row.querySelector(".miss:not([hidden]) button");
}

export function focusRow(row) {
  const control = row && controlOf(row);
  if (!control) return false;
  control.focus();
  if (control.select && !["radio", "checkbox", "file"].includes(control.type)) control.select();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

// The same column of the grid's next or previous row that has one there.
export function stepColumn(control, by) {
  const cell = control.closest(".gr > *"), place = [...cell.parentElement.children].indexOf(cell);
  for (let row = rowOf(control); (row = by > 0 ? row.nextElementSibling : row.previousElementSibling); ) {
    if (!row.matches(".gr[data-item]") || !visible(row)) continue;
    const next = [...row.children[place].querySelectorAll("input, select")].find(visible);
    if (!next) continue;
    next.focus();
    next.select?.();
    row.scrollIntoView({ block: "nearest" });
    return;
  }
}

export function step(row, by) {
  const all = rows();
  for (let i = all.indexOf(row) + by; i >= 0 && i < all.length; i += by) if (focusRow(all[i])) return;
  if (by > 0) document.querySelector("[data-complete]:not([disabled])")?.focus();
}

export function stepIssue(from, by) {
  const all = [...document.querySelectorAll(".crf [data-item], .crf [data-read]")];
  const issues = all.filter((r) => visible(r) && r.querySelector(".nt .warn, .nt .bad"));
  const here = all.indexOf(from);
  const ahead = issues.filter((r) => (all.indexOf(r) - here) * by > 0);
  const target = by > 0 ? ahead[0] || issues[0] : ahead.at(-1) || issues.at(-1);
  if (target && !focusRow(target)) { target.tabIndex = -1; target.focus(); }
}

// ---- how much of a text's declared length is used, from four fifths of it on; what is longer is kept and asked about ----
const NEAR = 0.8;
const lengthOf = (text) => [...text.trim().normalize("NFC")].length; // as the server counts

document.addEventListener("input", ({ target }) => {
  const most = Number(target.dataset?.most);
  if (!most) return;
  const n = lengthOf(target.value), control = target.closest(".ctl");
  let count = control.querySelector(".cnt");
  if (n < most * NEAR) { count?.remove(); return; }
  if (!count) {
    count = Object.assign(document.createElement("span"), { className: "cnt xs mut" });
    control.append(count);
    document.getElementById("live").textContent = say("textNear", { n, most }); // once, not at each letter
  }
  count.textContent = say("textNear", { n, most });
  count.classList.toggle("over", n > most);
});
