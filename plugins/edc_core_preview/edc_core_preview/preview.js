// The real form in a frame; it follows the files, and the rules follow the cursor.
const by = (id) => document.getElementById(id);
const frame = by("frame");
const choice = { event: "", form: "" };
let number = Number(document.body.dataset.number);
let version = Number(document.body.dataset.version);
let item = "";
let place = 0; // how far down the frame was before it was loaded again

const CHOICES = ["site", "language", "role", "state", "width"];

const asked = () => new URLSearchParams({
  ...choice, ...Object.fromEntries(CHOICES.map((id) => [id, by(id).value])),
});

// What is chosen stands in the address, so that loading the page again, or a colleague's link, shows the same.
const remember = () => history.replaceState(null, "", `?${asked()}`);

function recall() {
  const given = new URLSearchParams(location.search);
  for (const id of CHOICES) {
    if ([...by(id).options].some((one) => one.value === given.get(id))) by(id).value = given.get(id);
  }
  wide();
  const all = [...by("forms").querySelectorAll("button")];
  choose(all.find((one) => one.dataset.event === given.get("event") && one.dataset.form === given.get("form")) ?? all[0]);
}

function wide() {
  frame.className = `pv-${by("width").value}`;
}

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
  remember();
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
        offer("language", now.languages.map((one) => [one, one]));
        offer("site", now.sites.map((one) => [one.words, one.number]));
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

// What there is to choose from now; what was chosen stays where it is still there.
function offer(id, offered) {
  const before = by(id).value;
  by(id).replaceChildren(...offered.map(([words, value]) => new Option(words, value, false, value === before)));
}

by("forms").addEventListener("click", (event) => choose(event.target.closest("button")));
by("width").addEventListener("change", () => { wide(); remember(); });
for (const id of ["site", "language", "role", "state"]) by(id).addEventListener("change", () => load());
by("again").addEventListener("click", () => load());
by("all").addEventListener("click", () => { item = ""; trace(); });
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("select, input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...by("forms").querySelectorAll("button")];
  const at = all.findIndex((one) => one.hasAttribute("aria-current"));
  if (event.key === "]") choose(all[at + 1]);
  if (event.key === "[") choose(all[at - 1]);
  const turn = { w: "width", c: "site", l: "language", s: "state" }[event.key];
  if (turn) {
    const select = by(turn);
    select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
    select.dispatchEvent(new Event("change"));
  }
});
recall();
follow();
