// Verification by keyboard: Space (the button's own key) marks and the focus goes on, q asks about the value at hand,
// Alt+Right opens the next form. The first value that waits has the focus when the page opens.

const ticks = () => [...document.querySelectorAll("[data-tick]")];

document.addEventListener("click", (event) => {
  const tick = event.target.closest("[data-tick]");
  if (!tick) return;
  const all = ticks();
  const next = all[all.indexOf(tick) + 1] || all.find((one) => one !== tick) || document.querySelector("[data-next]");
  setTimeout(() => next?.focus(), 0); // the row is replaced when the server has it; the form is sent first
});

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea") || event.target.closest("dialog, #drawer")) return;
  if (event.altKey && event.key === "ArrowRight") {
    event.preventDefault();
    document.querySelector("[data-next]")?.click();
  } else if (event.key === "q" && !event.ctrlKey && !event.altKey && !event.metaKey) {
    document.activeElement.closest("[data-read]")?.querySelector("[data-ask]")?.click();
  }
});

ticks()[0]?.focus();
