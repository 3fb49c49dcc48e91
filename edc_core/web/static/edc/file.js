// A file is sent as soon as it is chosen, dropped on its item or taken by the camera, with its progress; when it is whole on the server, its value is saved as any
// value is: by the outbox, with its version, its reason and its conflict. Until then it stands in its control, marked.

import { relogin } from "./layers.js";
import { note, rowOf, say } from "./rows.js";

const PART = 1 << 19; // bytes; what is not larger goes at once
const OFFLINE = new Error("offline");
const flying = new WeakMap(); // row to the sending of its file
const box = (row) => row.querySelector(".fl");
const part = (row, selector) => box(row).querySelector(selector);

function newOp() {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

const hex = (sum) => Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, "0")).join("");

function announce(text) {
  document.getElementById("live").textContent = text;
}

function refusal(row, file) {
  const { endings, most, takes } = box(row).dataset;
  if (!endings.split(" ").some((e) => file.name.toLowerCase().endsWith(e))) return say("fileKind", { name: file.name, takes });
  if (file.size > Number(most)) return say("fileSize", { name: file.name, takes });
  return file.size ? "" : say("fileEmpty", { name: file.name });
}

function busy(row, on) {
  part(row, ".fl-b").hidden = !on;
  part(row, "[type=file]").hidden = on;
  row.toggleAttribute("data-sending", on);
}

function failed(row, why, again) {
  busy(row, false);
  row.dataset.refused = "1"; // the choice stays in its control and nowhere else
  part(row, "[data-do=file-again]").hidden = !again;
  note(row, "bad", say("notStored", { why }));
  part(row, again ? "[data-do=file-again]" : "[type=file]").focus();
}

async function send(row) {
  const file = part(row, "[type=file]").files[0];
  if (!file) return;
  part(row, "[data-do=file-again]").hidden = true;
  const why = refusal(row, file);
  if (why) return failed(row, why, false);
  if (flying.has(row)) quit(flying.get(row));
  const run = { row, file };
  flying.set(row, run);
  busy(row, true);
  show(row, 0, file.size);
  note(row, "info", "");
  announce(say("fileSending", { name: file.name }));
  part(row, "[data-do=file-stop]").focus();
  const query = { name: file.name, version: document.querySelector("[data-form-url]").dataset.version };
  try {
    const answer = file.size > PART ? await inParts(run, query) : await whole(run, query);
    if (!run.stopped) answered(row, answer);
  } catch (error) {
    if (run.stopped) return;
    failed(row, say(error === OFFLINE ? "fileOffline" : "fileChanged"), error === OFFLINE);
  }
}

function whole(run, query) {
  const { row, file } = run, told = (sent) => show(row, sent, file.size);
  return ask(run, "POST", box(row).dataset.url, { op: newOp(), ...query }, file, told);
}

// Part after part. The server says how much it has, so a lost connection, an ended session and a page that is loaded anew
// cost one part at most; the sum of each part shows that it came as it was sent.
async function inParts(run, query) {
  const { row, file } = run;
  const url = box(row).dataset.url.replace(/^(.*?\/subjects\/[^/]*)\/files\//, "$1/parts/");
  const { op, done } = await operation(url, file, query.version);
  Object.assign(run, { url, query: { op, ...query }, done });
  let offset = null, pause = 0, astray = 0;
  while (!run.stopped) {
    try {
      const next = offset === null ? null : await file.slice(offset, offset + PART).arrayBuffer();
      const sum = next && crypto.subtle ? hex(await crypto.subtle.digest("SHA-256", next)) : "";
      const where = { ...run.query, offset, size: file.size, ...(sum && { sha256: sum }) };
      const told = (sent) => show(row, offset + sent, file.size);
      const answer = next ? await ask(run, "PATCH", url, where, next, told) : await ask(run, "HEAD", url, run.query);
      if (answer.status >= 500 || answer.status === 429) throw OFFLINE;
      if (answer.status === 409 && astray++ < 2) { offset = null; continue; }
      if (answer.status !== 200 && (next || answer.status === 401)) return answer; // what HEAD is refused, PATCH says
      if (answer.response?.value) { done(); return answer; }
      if (next && pause) {
        pause = 0;
        note(row, "info", "");
      }
      offset = Math.min(Number(answer.getResponseHeader("Upload-Offset")), file.size);
      show(row, offset, file.size);
    } catch (error) {
      if (error !== OFFLINE || run.stopped) throw error;
      pause = Math.min(pause * 2 || 1000, 15000);
      offset = null;
      note(row, "warn", say("fileWaits"));
      await new Promise((go) => setTimeout(go, pause));
    }
  }
  throw OFFLINE;
}

// Under one operation for as long as this tab is open: the same file, chosen again, goes on where it stopped. What is kept
// of it is a sum that tells nothing of the file.
async function operation(url, file, version) {
  if (!crypto.subtle) return { op: newOp(), done() {} }; // only where the page came by https
  const seen = new Blob([[url, version, file.name, file.size, file.lastModified].join("\n"), file.slice(0, 65536), file.slice(-65536)]);
  const key = `edc.file.${hex(await crypto.subtle.digest("SHA-256", await seen.arrayBuffer()))}`;
  const op = sessionStorage.getItem(key) || newOp();
  sessionStorage.setItem(key, op);
  return { op, done: () => sessionStorage.removeItem(key) };
}

function ask(run, method, url, query, body, told) {
  return new Promise((answer, fail) => {
    const request = run.request = new XMLHttpRequest(); // fetch tells nothing of what it has sent
    request.open(method, `${url}?${new URLSearchParams(query)}`);
    request.responseType = "json";
    for (const [name, value] of Object.entries(JSON.parse(document.body.getAttribute("hx-headers:inherited") || "{}")))
      request.setRequestHeader(name, value);
    if (body) request.setRequestHeader("Content-Type", "application/octet-stream");
    if (told) request.upload.addEventListener("progress", ({ loaded }) => told(loaded));
    for (const kind of ["error", "abort"]) request.addEventListener(kind, () => fail(OFFLINE));
    request.addEventListener("load", () => answer(request));
    request.send(body ?? null);
  });
}

function quit(run) {
  run.stopped = true;
  run.request?.abort();
}

// Who stops a file gives it up: the parts that have arrived go too.
function stop(row) {
  const run = flying.get(row);
  if (!run) return;
  quit(run);
  if (run.url) ask({}, "DELETE", run.url, run.query).catch(() => {}); // else the server clears them after some days
  failed(row, say("fileStopped"), true);
}

// What did not come through the control goes through it all the same, so that it can be sent again from there.
function give(row, files) {
  if (files.length !== 1) return failed(row, say("fileOne"), false);
  part(row, "[type=file]").files = files;
  send(row);
}

// The control of the browser asks for a file; this one asks the camera for a picture, where a device has one at hand.
function photo(row) {
  const camera = document.createElement("input");
  Object.assign(camera, { type: "file", accept: "image/*" });
  camera.setAttribute("capture", "environment");
  camera.addEventListener("change", () => give(row, camera.files));
  camera.click();
}

// A file that misses its item must not take the place of the page, so none of them is left to the browser.
function dropping(event, drop) {
  if (!event.dataTransfer?.types.includes("Files") || !document.querySelector(".fl")) return;
  event.preventDefault();
  const row = rowOf(event.target), open = row?.querySelector(".fl [type=file]")?.checkVisibility() ? row : null;
  event.dataTransfer.dropEffect = open ? "copy" : "none";
  for (const other of document.querySelectorAll("[data-drop]")) if (other !== open || drop) delete other.dataset.drop;
  if (open && drop) give(open, event.dataTransfer.files);
  else if (open) open.dataset.drop = "1";
}

function show(row, sent, total) {
  const percent = total ? Math.floor((sent / total) * 100) : 0;
  part(row, "progress").value = percent;
  part(row, "[data-percent]").textContent = `${percent} %`;
}

function answered(row, request) {
  const answer = request.response || {};
  if (request.status === 401) return relogin(() => send(row));
  if (request.status !== 200) {
    const again = request.status >= 500 || request.status === 429 || request.status === 400;
    return failed(row, answer.message || say("fileOffline"), again);
  }
  busy(row, false);
  delete row.dataset.refused;
  const link = part(row, "[data-file]");
  Object.assign(link, { href: answer.url, textContent: answer.shown });
  draw(row, answer.url, answer.value.split("/").slice(2).join("/"));
  part(row, "[data-given]").hidden = false;
  part(row, "[type=file]").value = "";
  const value = part(row, "[name=value]");
  value.value = answer.value;
  announce(say("fileSent", { name: answer.shown }));
  part(row, "[type=file]").focus();
  value.dispatchEvent(new Event("change", { bubbles: true }));
}

// The value may have been written by something else: the item menu cleared it, or the other one of two was kept.
function follow(row) {
  const value = part(row, "[name=value]").value, [sha256, size, ...name] = value.split("/");
  part(row, "[data-given]").hidden = !value;
  if (!value) return;
  const link = part(row, "[data-file]");
  const url = `${box(row).dataset.url}?sha256=${sha256}`;
  if (link.getAttribute("href") === url) return;
  Object.assign(link, { href: url, textContent: name.join("/") });
  draw(row, url, name.join("/"));
}

// A small picture, as the server draws it in a form that is opened.
function draw(row, url, name) {
  const place = part(row, "[data-picture]");
  place.replaceChildren();
  if (!/\.(png|jpe?g)$/i.test(name)) return;
  const link = document.createElement("a"), image = document.createElement("img");
  Object.assign(link, { className: "fl-p", href: `${url}&preview=large`, target: "_blank", rel: "noopener" });
  Object.assign(image, { src: `${url}&preview=small`, alt: say("filePreview", { name }) });
  link.append(image);
  place.append(link);
}

// What cannot be drawn leaves the link to the file alone.
document.addEventListener("error", ({ target }) => target.closest?.(".fl-p")?.remove(), true);

document.addEventListener("change", ({ target }) => {
  if (target.matches?.(".fl [type=file]")) send(rowOf(target));
});
document.addEventListener("edc:written", ({ target }) => { if (target.querySelector?.(".fl")) follow(target); });
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-do=file-stop], [data-do=file-again], [data-do=file-photo]");
  if (!button) return;
  if (button.dataset.do === "file-again") send(rowOf(button));
  else if (button.dataset.do === "file-photo") photo(rowOf(button));
  else stop(rowOf(button));
});
document.addEventListener("dragover", (event) => dropping(event, false));
document.addEventListener("drop", (event) => dropping(event, true));
document.addEventListener("dragleave", ({ target, relatedTarget }) => {
  const row = rowOf(target);
  if (row && !row.contains(relatedTarget)) delete row.dataset.drop;
});
addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-sending]")) event.preventDefault();
});
