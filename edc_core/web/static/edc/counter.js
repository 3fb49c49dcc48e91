// How much of a text's declared length is used, from four fifths of it on. What is longer is kept and asked about.

import { say } from "./rows.js";

const ENOUGH = 0.8;
const length = (text) => [...text.trim().normalize("NFC")].length; // as the server counts

document.addEventListener("input", ({ target }) => {
  const most = Number(target.dataset?.most);
  if (!most) return;
  const n = length(target.value), control = target.closest(".ctl");
  let count = control.querySelector(".cnt");
  if (n < most * ENOUGH) { count?.remove(); return; }
  if (!count) {
    count = Object.assign(document.createElement("span"), { className: "cnt xs mut" });
    control.append(count);
    document.getElementById("live").textContent = say("textNear", { n, most }); // once, not at each letter
  }
  count.textContent = say("textNear", { n, most });
  count.classList.toggle("over", n > most);
});
