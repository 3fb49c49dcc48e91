// Results copied from a spreadsheet into a panel: shown beside what stands there first, and entered only when they are accepted.
// A line is "test, result, unit" when its first cell names a test of the panel, else "result, unit" for one row after the other.

import { focusRow, inputs, note, read, rowOf, say, write } from "./rows.js";

const plain = (text) => text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
const linesOf = (text) => text.replace(/(\r?\n)+$/, "").split(/\r?\n/).map((line) => line.split("\t").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
const panelOf = (row) => { // the rows of one panel stand beside each other
  const within = ".gr:not(.gr-h), .strip", all = [];
  let one = row;
  while (one.previousElementSibling?.matches(within)) one = one.previousElementSibling;
  for (; one?.matches(within); one = one.nextElementSibling) if (one.matches("[data-item]") && one.offsetParent) all.push(one);
  return all;
};
const namesOf = (row) => [row.dataset.label, row.dataset.item.split(/[./]/).at(-1)].map(plain);

function answers(row) { // what may be chosen: the words and the code of each, or null where one types
  const options = [...row.querySelectorAll("select[name=value] option"), ...inputs(row).filter((i) => i.type === "radio")];
  return options.length ? options.filter((o) => o.value).map((o) => ({ code: o.value, text: (o.closest("label") || o).textContent })) : null;
}

function unitsOf(row) {
  const options = [...row.querySelectorAll("select[name=unit] option")].map((o) => ({ code: o.value, text: o.textContent }));
  const fixed = row.querySelector(".un");
  return options.length ? options : fixed ? [{ code: "", text: fixed.textContent }] : [];
}

const among = (offered, said) => offered.find((one) => plain(one.text) === plain(said) || (one.code && plain(one.code) === plain(said)));

function place(row, result, unit) { // what one line comes to: {row, value, unit} or why not
  const line = { row, test: row.dataset.label, pasted: [result, unit].filter(Boolean).join(" "), now: shown(row) };
  if (!result) return { ...line, why: say("pasteBlank") };
  const offered = answers(row), units = unitsOf(row);
  const answer = offered ? among(offered, result) : { code: result };
  if (!answer) return { ...line, why: say("pasteNoAnswer") };
  const given = unit && units.length ? among(units, unit) : null;
  if (unit && units.length && !given) return { ...line, why: say("pasteNoUnit", { unit }) };
  const now = read(row), wanted = given?.code || now.unit;
  if (!row.dataset.missing && now.value === answer.code && now.unit === wanted) return { ...line, why: say("pasteSame") };
  return { ...line, value: answer.code, unit: wanted, what: line.now ? say("pasteChanges") : say("pasteNew") };
}

function shown(row) {
  if (row.dataset.missing) return row.querySelector("[data-missing-word]").textContent;
  const { value } = read(row);
  return (answers(row) && among(answers(row), value)?.text) || value;
}

function planned(row, lines) {
  const panel = panelOf(row);
  const named = (cell) => panel.find((one) => namesOf(one).includes(plain(cell)));
  const byName = lines.some(([first]) => named(first));
  const following = panel.slice(panel.indexOf(row));
  const plan = lines.map((cells, at) => {
    const [result, unit] = byName ? cells.slice(1) : cells, target = byName ? named(cells[0]) : following[at];
    if (!target) return { test: byName ? cells[0] : "", pasted: cells.slice(byName ? 1 : 0).join(" "), now: "", why: say(byName ? "pasteNoTest" : "pasteNoRow") };
    return place(target, result || "", unit || "");
  });
  const twice = (one) => one.row && plan.filter((other) => other.row === one.row).length > 1;
  return plan.map((one) => (twice(one) ? { ...one, value: undefined, what: "", why: say("pasteTwice") } : one));
}

function enter(plan) {
  for (const { row, value, unit } of plan) {
    write(row, { value, unit, missing: "" });
    note(row, "", "");
    (inputs(row).find((i) => i.checked) || inputs(row)[0]).dispatchEvent(new Event("change", { bubbles: true }));
  }
  document.getElementById("live").textContent = say(plan.length === 1 ? "pasteOneEntered" : "pasteEntered", { n: plan.length });
}

function ask(row, plan) {
  const sheet = document.getElementById("paste-sheet").content.firstElementChild.cloneNode(true);
  const fits = plan.filter((one) => one.value !== undefined), go = sheet.querySelector("[data-enter]");
  sheet.querySelector("tbody").append(...plan.map((one) => {
    const line = document.createElement("tr");
    for (const [tag, text] of [["th", one.test], ["td", one.now], ["td", one.pasted], ["td", one.what || one.why]])
      line.append(Object.assign(document.createElement(tag), { textContent: text, ...(tag === "th" && { scope: "row" }) }));
    if (one.value === undefined) line.className = "out";
    return line;
  }));
  go.textContent = say(fits.length === 1 ? "pasteEnterOne" : "pasteEnter", { n: fits.length });
  go.disabled = !fits.length;
  go.addEventListener("click", () => { sheet.close("enter"); });
  sheet.addEventListener("close", () => {
    const accepted = sheet.returnValue === "enter";
    sheet.remove();
    focusRow(row);
    if (accepted) enter(fits);
  });
  document.getElementById("main").append(sheet); // covered with the page when the session ends
  sheet.showModal();
  (fits.length ? go : sheet.querySelector("[data-do=close]")).focus();
}

document.addEventListener("paste", (event) => {
  const row = rowOf(event.target);
  if (!row?.matches(".gr") || event.target.matches("textarea")) return;
  const lines = linesOf(event.clipboardData.getData("text/plain"));
  if (lines.length === 1 && lines[0].length === 1) return; // one cell is typed into its box
  event.preventDefault();
  ask(row, planned(row, lines));
});
