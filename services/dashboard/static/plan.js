// Moving a control shows at once what the index would be: the server draws, only what differs is touched.

import { morph } from "./morph.js";

const WAIT_MS = 120; // after the last movement of a control
const MARK_MS = 2000;

const form = document.getElementById("andai");
let waiting = 0;
let latest = 0;

for (const range of form?.querySelectorAll("input[type=range]") ?? []) {
  const field = document.getElementById(range.dataset.for);
  range.addEventListener("input", () => { field.value = range.value; });
  field.addEventListener("input", () => { range.value = field.value || range.min; });
}
form?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(work, WAIT_MS);
});

async function work() {
  if (!form.checkValidity()) return form.reportValidity();
  const mine = ++latest;
  const set = [...new FormData(form)].filter(([name, value]) => value !== "" && value !== form.elements[name].dataset.now);
  const address = `${form.getAttribute("action")}?${new URLSearchParams(set)}`;
  const answer = await fetch(address, { redirect: "manual" }).catch(() => null);
  if (!answer?.ok || mine !== latest) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const outcome = page.getElementById("hasil");
  if (outcome) morph(document.getElementById("hasil"), outcome, mark);
  history.replaceState(null, "", address);
}

function mark(element) {
  if (!(element instanceof HTMLElement)) return;
  element.setAttribute("data-changed", "");
  clearTimeout(element.markTimer);
  element.markTimer = setTimeout(() => element.removeAttribute("data-changed"), MARK_MS);
}
