// The survey. Every tap is kept on this phone at once; what is sent is sent once, now or when the line is back.
// The token after the # names the invitation: it goes into bodies only, and out of the address bar's history.

const RETRY_MILLISECONDS = 15_000;
const words = JSON.parse(document.getElementById("words").textContent);
const $ = (name) => document.querySelector(`[data-${name}]`);
const bar = document.querySelector(".progress");
const token = location.hash.slice(1);

let language = localStorage.getItem("bersinar.language") === "en" ? "en" : "id";
let store = null; // the key in localStorage: a hash, so that the phone's storage doesn't hold the token in its names
let state = { answers: {}, first: null, last: null, key: newKey(), queued: false, sent: false, sheet: null };
let warned = false;
let showing = () => message(text("opening"));

const text = (key, values = {}) =>
  Object.entries(values).reduce((filled, [name, value]) => filled.replaceAll(`{${name}}`, value), words[language][key]);

start();

async function start() {
  speak();
  if (!/^[A-Za-z0-9_-]{22}$/.test(token)) return show(() => message(text("unknown"), text("unknown_help")));
  store = `bersinar.survey.${await hash(token)}`;
  Object.assign(state, JSON.parse(localStorage.getItem(store) || "{}"));
  addEventListener("online", () => { note(); deliver(); });
  addEventListener("offline", note);
  navigator.serviceWorker?.register("/isi/pekerja.js", { scope: "/isi" }).catch(() => {});
  if (state.sent) return show(thanks);
  if (state.queued) { show(waiting); return deliver(); }
  if (state.sheet) show(questions);
  await open();
}

// What is asked, from the office; what was asked, from this phone, when there is no line.
async function open() {
  const answer = await post("/isi/buka", { token });
  if (answer?.ok) {
    state.sheet = await answer.json();
    keep();
    if (!document.querySelector("fieldset")) show(questions);
  } else if (answer && answer.status < 500) {
    await refused(answer);
  } else if (!state.sheet) {
    show(() => message(text("no_line"), text("no_line_help")));
    setTimeout(open, RETRY_MILLISECONDS);
  }
}

function questions() {
  const { sheet } = state;
  $("sub").textContent = text("sub", { place: sheet.place, group: sheet.group[language], year: sheet.year });
  const form = $("form");
  form.replaceChildren(...sheet.questions.map(question), sendButton(), hint());
  form.hidden = false;
  bar.hidden = false;
  $("message").hidden = true;
  form.onsubmit = (event) => { event.preventDefault(); send(); };
  progress();
  note();
}

function question({ key, text: statement }, place) {
  const box = element("fieldset", { id: `q-${key}` });
  const legend = element("legend");
  const count = element("span", {}, text("of", { n: place + 1, all: state.sheet.questions.length }));
  legend.append(count, statement[language]);
  box.append(legend, ...state.sheet.labels.map((label, step) => choice(key, step + state.sheet.lowest, label[language])));
  return box;
}

function choice(key, value, name) {
  const label = element("label");
  const input = element("input", { type: "radio", name: key, value });
  input.checked = state.answers[key] === value;
  input.onchange = () => choose(key, value);
  label.append(input, name);
  return label;
}

function choose(key, value) {
  state.answers[key] = value;
  state.last = Date.now();
  state.first ??= state.last;
  warned = false;
  document.getElementById(`q-${key}`).classList.remove("open");
  keep();
  progress();
}

function progress() {
  const done = answered();
  const share = Math.round((done / state.sheet.questions.length) * 100);
  bar.setAttribute("aria-valuenow", share);
  bar.setAttribute("aria-label", text("done", { n: done, all: state.sheet.questions.length }));
  bar.firstElementChild.style.width = `${share}%`;
  const button = document.querySelector(".send");
  button.textContent = text("send");
  document.querySelector(".hint").textContent = text("hint");
}

// The first press with gaps shows the first of them; the second sends what there is, if it is enough.
function send() {
  const missing = state.sheet.questions.filter(({ key }) => !(key in state.answers));
  if (missing.length && (!warned || answered() < state.sheet.least)) {
    warned = true;
    for (const { key } of missing) document.getElementById(`q-${key}`).classList.add("open");
    document.getElementById(`q-${missing[0].key}`).scrollIntoView({ block: "start", behavior: "smooth" });
    const enough = answered() >= state.sheet.least;
    document.querySelector(".hint").textContent = text(enough ? "missing" : "too_few", { n: missing.length, least: state.sheet.least });
    if (enough) document.querySelector(".send").textContent = text("send_anyway");
    return;
  }
  state.queued = true;
  keep();
  show(waiting);
  deliver();
}

let delivering = false;
async function deliver() {
  if (!state.queued || state.sent || delivering) return;
  delivering = true;
  const seconds = state.first ? Math.round((state.last - state.first) / 1000) : null;
  const answer = await post("/isi/kirim", { token, answers: state.answers, seconds }, state.key);
  delivering = false;
  if (answer?.ok) {
    const { sheet } = state;
    state = { answers: {}, first: null, last: null, key: state.key, queued: false, sent: true, sheet: null, many: sheet?.many };
    keep();
    show(thanks);
  } else if (answer && answer.status < 500 && answer.status !== 429) {
    state.queued = false;
    keep();
    await refused(answer);
  } else {
    note();
    setTimeout(deliver, RETRY_MILLISECONDS);
  }
}

async function refused(answer) {
  const problem = await answer.json().catch(() => ({}));
  show(() => message(problem.detail || text("unknown"), problem.remedy || text("unknown_help")));
}

function waiting() {
  message(text("sending"), text("sending_help"));
  note();
}

function thanks() {
  message(text("thanks"), text("thanks_help"));
  note();
  if (!state.many) return;
  const again = element("button", { type: "button", className: "send" }, text("again"));
  again.onclick = () => { localStorage.removeItem(store); location.reload(); };
  $("message").append(again);
}

function message(title, ...more) {
  $("form").hidden = true;
  bar.hidden = true;
  const box = $("message");
  box.replaceChildren(element("h1", { tabIndex: -1 }, title), ...more.map((line) => element("p", {}, line)));
  box.hidden = false;
}

function note() {
  const offline = !navigator.onLine && !state.sent;
  $("note").hidden = !offline;
  $("note").textContent = offline ? text(state.queued ? "offline_queued" : "offline") : "";
}

function show(view) {
  showing = view;
  view();
  if (view !== questions) scrollTo(0, 0);
}

function speak() {
  document.documentElement.lang = language;
  $("title").textContent = text("title");
  document.title = `${text("title")} · Bersinar`;
  const other = $("language");
  other.textContent = words[language].other;
  other.lang = language === "id" ? "en" : "id";
  other.onclick = () => {
    language = language === "id" ? "en" : "id";
    localStorage.setItem("bersinar.language", language);
    speak();
    showing();
  };
}

async function post(path, body, key) {
  const headers = { "Content-Type": "application/json", "Accept-Language": language };
  if (key) headers["Idempotency-Key"] = key;
  try {
    return await fetch(path, { method: "POST", headers, body: JSON.stringify(body), credentials: "omit" });
  } catch {
    return null;
  }
}

const answered = () => Object.keys(state.answers).length;
const keep = () => localStorage.setItem(store, JSON.stringify(state));
const sendButton = () => element("button", { className: "send" }, text("send"));
const hint = () => element("p", { className: "hint" });

function element(name, properties = {}, content = "") {
  const made = Object.assign(document.createElement(name), properties);
  if (content) made.textContent = content;
  return made;
}

// randomUUID and subtle are there on safe origins only; an office's own network may well speak plain http.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function hash(value) {
  if (!crypto.subtle) return value.slice(0, 6);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(value));
  return Array.from(new Uint8Array(digest).slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
