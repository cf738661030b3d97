// Narrows a long list of places while a name is typed. Without it the list is whole and every part of it opens.

const OPEN_MAX = 40; // with more rows found their provinces stay closed, so that the page doesn't jump about

for (const list of document.querySelectorAll("[data-filter]")) {
  const box = list.querySelector("input[type=search]");
  const told = list.querySelector("[role=status]");
  const rows = [...list.querySelectorAll("tbody tr")];
  const parts = [...list.querySelectorAll("details")];
  box.parentElement.hidden = false;
  box.addEventListener("input", () => narrow(box.value, rows, parts, told));
  if (box.value) narrow(box.value, rows, parts, told); // the browser kept it when somebody came back
}

function narrow(typed, rows, parts, told) {
  const words = plain(typed).split(" ").filter(Boolean);
  const has = (element) => words.every((word) => plain(element.dataset.name).includes(` ${word}`)); // beginnings
  const whole = new Set(words.length ? parts.filter(has) : parts); // a province's own name brings all it has
  let found = 0;
  for (const row of rows) {
    row.hidden = !(whole.has(row.closest("details")) || has(row));
    found += row.hidden ? 0 : 1;
  }
  for (const part of parts) {
    const matches = part.querySelectorAll("tbody tr:not([hidden])").length;
    part.hidden = !matches && !whole.has(part);
    part.open = words.length > 0 && matches > 0 && found <= OPEN_MAX;
  }
  const anything = found || parts.some((part) => !part.hidden);
  told.textContent = !words.length ? "" : anything ? told.dataset.found.replace("{count}", found) : told.dataset.none;
}

function plain(text) {
  return ` ${text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()}`;
}
