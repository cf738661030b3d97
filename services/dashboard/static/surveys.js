// Keeps the page of surveys current: drawn by the server, fetched again every few seconds while somebody looks.

import { morph } from "./morph.js";

const EVERY_MS = 10_000;
const MARK_MS = 2000;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  morph(document.querySelector("[data-refresh]"), page.querySelector("[data-refresh]"), mark);
}

function mark(node) {
  if (!(node instanceof HTMLElement)) return;
  node.setAttribute("data-changed", "");
  setTimeout(() => node.removeAttribute("data-changed"), MARK_MS);
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);
