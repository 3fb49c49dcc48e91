// The real form in a frame; it follows the files, and the rules follow the cursor.
const by = (id) => document.getElementById(id);
const frame = by("frame");
const choice = { event: "", form: "" };
let number = Number(document.body.dataset.number);
let version = Number(document.body.dataset.version);
let item = "";
let place = 0; // how far down the frame was before it was loaded again

const asked = () => new URLSearchParams({
  ...choice, role: by("role").value, language: by("language").value, state: by("state").value,
});

function tell(text) {
  by("told").textContent = text;
  by("told").hidden = !text;
}

function choose(button) {
  if (!button) return;
  choice.event = button.dataset.event;
  choice.form = button.dataset.form;
  item = "";
  mark();
  load();
}

function mark() {
  for (const one of by("forms").querySelectorAll("button")) {
    const here = one.dataset.event === choice.event && one.dataset.form === choice.form;
    if (here) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
}

function load({ keep = false } = {}) {
  if (!choice.form) return;
  place = keep ? frame.contentWindow.scrollY : 0;
  tell("");
  frame.src = `open?${asked()}&version=${version}&n=${Date.now()}`;
}

async function trace() {
  if (!choice.form) return;
  const answer = await fetch(`trace?${asked()}&item=${encodeURIComponent(item)}`);
  by("trace").innerHTML = answer.ok ? await answer.text() : "";
  by("all").hidden = !item;
  by("scope").hidden = Boolean(item);
}

// The path of the item that a control stands for.
function itemOf(target) {
  const row = target.closest?.("[data-item], [data-read]");
  return row ? row.dataset.item ?? row.dataset.read : "";
}

frame.addEventListener("load", async () => {
  const inside = frame.contentDocument;
  if (!inside || frame.contentWindow.location.href === "about:blank") return;
  frame.contentWindow.scrollTo(0, place);
  document.body.dataset.loaded = String(version);
  inside.addEventListener("focusin", (event) => {
    const now = itemOf(event.target);
    if (now && now !== item) {
      item = now;
      trace();
    }
  });
  inside.addEventListener("htmx:after:request", () => trace());
  if (by("state").value === "conflict" && choice.form) {
    const answer = await fetch(`conflict?${asked()}`);
    tell(await answer.text());
  }
  trace();
});

async function follow() {
  for (;;) {
    try {
      const answer = await fetch(`changes?after=${number}`);
      const now = await answer.json();
      if (now.number === number) continue;
      number = now.number;
      by("findings").innerHTML = now.findings;
      if (now.version !== version) {
        version = now.version;
        by("forms").innerHTML = now.forms;
        languages(now.languages);
        if (!choice.form) choose(by("forms").querySelector("button"));
        else {
          mark();
          load({ keep: true });
        }
      }
      document.body.dataset.number = String(number);
    } catch {
      tell("The preview was stopped. Start 'edc study dev' again and load this page anew.");
      return;
    }
  }
}

function languages(offered) {
  const select = by("language");
  const before = select.value;
  select.replaceChildren(...offered.map((one) => new Option(one, one, false, one === before)));
}

by("forms").addEventListener("click", (event) => choose(event.target.closest("button")));
by("width").addEventListener("change", () => { frame.className = `pv-${by("width").value}`; });
for (const id of ["language", "role", "state"]) by(id).addEventListener("change", () => load());
by("again").addEventListener("click", () => load());
by("all").addEventListener("click", () => { item = ""; trace(); });
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("select, input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...by("forms").querySelectorAll("button")];
  const at = all.findIndex((one) => one.hasAttribute("aria-current"));
  if (event.key === "]") choose(all[at + 1]);
  if (event.key === "[") choose(all[at - 1]);
  const turn = { w: "width", l: "language", s: "state" }[event.key];
  if (turn) {
    const select = by(turn);
    select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
    select.dispatchEvent(new Event("change"));
  }
});
choose(by("forms").querySelector("button"));
follow();
