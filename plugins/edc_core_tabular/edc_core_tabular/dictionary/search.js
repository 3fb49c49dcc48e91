const box = document.querySelector("search"), input = box.querySelector("input"), said = box.querySelector("output");
const parts = [...document.querySelectorAll("section[data-part]")].map((part) => ({
  part,
  about: part.querySelector("h2").textContent.toLowerCase(),
  rows: [...part.querySelectorAll("tbody tr")].map((row) => ({ row, text: row.textContent.toLowerCase() })),
}));
const lines = parts.reduce((sum, { rows }) => sum + rows.length, 0);

function search() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { part, about, rows } of parts) {
    let shown = 0;
    for (const { row, text } of rows) {
      const hit = words.every((word) => text.includes(word) || about.includes(word));
      row.hidden = !hit;
      shown += hit;
    }
    part.hidden = words.length > 0 && shown === 0;
    found += shown;
  }
  said.textContent = words.length === 0 ? "" : found === 0 ? "Nothing holds all of these words." : `${found} of ${lines} lines`;
}

box.hidden = false;
input.addEventListener("input", search);
search();
