// Keeps the city's page current: the event stream says that something changed, the page is fetched again and only
// what differs is touched. The server draws everything, so there is one way a number is written, and a page that
// was refreshed and one that was reloaded are the same.

import { morph } from "./morph.js";

const MARK_MS = 2000; // how long a change stays marked
const REFRESH_MIN_MS = 200; // between two refreshes, however fast events come
const RETRY_MS = 3000; // before a stream the browser gave up on is opened again
const SILENCE_MS = 40000; // two missed heartbeats and a little

const status = document.querySelector("[data-live]");
const { region, year, zone, zoneLabel } = status.dataset;
const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });

let lastId = status.dataset.after;
let stream = null;
let silence = 0;

function connect() {
  stream = new EventSource(`/live?region=${encodeURIComponent(region)}&after=${encodeURIComponent(lastId)}`);
  stream.addEventListener("status", (message) => onStatus(JSON.parse(message.data)));
  for (const kind of ["score", "alert", "published", "work"]) stream.addEventListener(kind, onChange);
  stream.onerror = onLost;
  listen();
}

function onLost() {
  show("lost");
  if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
  setTimeout(reopen, RETRY_MS);
}

async function reopen() {
  const answer = await fetch(location.href, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer && answer.type === "opaqueredirect") show("ended");
  else connect();
}

function listen() {
  clearTimeout(silence);
  silence = setTimeout(() => {
    stream.close();
    show("lost");
    connect();
  }, SILENCE_MS);
}

function onStatus(data) {
  listen();
  if (data.reset) refresh();
  show(stateOf(data.underway), data);
}

function stateOf(underway) {
  if (underway === null) return "unknown";
  return underway > 0 ? "underway" : "current";
}

function onChange(message) {
  listen();
  lastId = message.lastEventId || lastId;
  const data = JSON.parse(message.data);
  if (data.year === null || String(data.year) === year) refresh();
  if (status.dataset.state === "lost" || status.dataset.state === "connecting") show("current", data);
  else write(status.querySelector("[data-live-clock]"), time(data.server_time));
}

function show(state, data) {
  const texts = status.dataset;
  const several = data?.underway === 1 ? texts.textOne : texts.textOther;
  const sentences = { current: texts.textCurrent, unknown: texts.textUnknown, lost: texts.textLost, ended: texts.textEnded,
    underway: several.replace("{count}", String(data?.underway ?? "")) };
  texts.state = state;
  write(status.querySelector("[data-live-text]"), sentences[state]);
  if (data) write(status.querySelector("[data-live-clock]"), time(data.server_time));
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function time(moment) {
  const written = clock.format(new Date(moment));
  return `${language === "id" ? written.replaceAll(":", ".") : written} ${zoneLabel}`;
}

let refreshing = false;
let wanted = false;

async function refresh() {
  wanted = true;
  if (refreshing) return;
  refreshing = true;
  while (wanted) {
    wanted = false;
    await Promise.all([redraw().catch(() => { wanted = true; }), pause(REFRESH_MIN_MS)]);
    if (wanted && status.dataset.state === "lost") await pause(RETRY_MS);
  }
  refreshing = false;
}

async function redraw() {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (answer.type === "opaqueredirect") return show("ended");
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  inPlace(() => morph(document.querySelector("main"), page.querySelector("main"), mark));
}

// Whoever has scrolled down goes on seeing the same lines at the same height, however many rows come in above.
function inPlace(change) {
  const top = (element) => element.getBoundingClientRect().top;
  const anchor = scrollY > 0 ? [...document.querySelectorAll("main h2, main li")].find((e) => top(e) >= 0) : null;
  const before = anchor && top(anchor);
  change();
  if (anchor?.isConnected) scrollBy({ top: top(anchor) - before, behavior: "instant" });
}

function mark(element) {
  element.setAttribute("data-changed", "");
  clearTimeout(element.markTimer);
  element.markTimer = setTimeout(() => element.removeAttribute("data-changed"), MARK_MS);
}

function pause(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

document.addEventListener("change", (event) => {
  if (event.target.id === "year") event.target.form.submit();
});
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => { if (event.persisted) { refresh(); connect(); } });
connect();
