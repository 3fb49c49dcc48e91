// A unit is typed anew like everything else: the form's question whether a number is converted is not asked here, so the
// choice stands outside the fields that the form's script reads, and is written into one before that script looks.

addEventListener("change", ({ target }) => {
  if (!target.matches?.("[data-unit]")) return;
  const field = target.closest("[data-item]").querySelector("input[name=unit]");
  field.value = target.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}, true); // on the window: before the document's own listener

// What was not sent before the page was loaded stands in its field again; the choice follows it.
const follow = (row) => {
  const field = row.querySelector?.("input[name=unit]");
  if (field) row.querySelector("[data-unit]").value = field.value;
};
document.addEventListener("edc:written", ({ target }) => follow(target));
for (const row of document.querySelectorAll("[data-item]")) follow(row);
