// Brings one element to the state of another while keeping every node that can stay, so that nothing flickers,
// jumps or loses focus. Children with `data-key` are matched by it, all others by their place.

const OWN_ATTRIBUTES = new Set(["data-changed", "open"]); // set in this page, unknown to the server

export function morph(from, to, changed) {
  syncAttributes(from, to);
  const keyed = new Map();
  for (const child of from.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
  let here = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const kept = keyed.get(wanted.dataset?.key);
    if (kept) {
      keyed.delete(wanted.dataset.key);
      if (kept === here) here = here.nextSibling;
      else from.insertBefore(kept, here);
      morph(kept, wanted, changed);
    } else if (here && !here.dataset?.key && !wanted.dataset?.key && here.nodeName === wanted.nodeName) {
      const next = here.nextSibling;
      morphNode(here, wanted, changed);
      here = next;
    } else {
      const fresh = document.importNode(wanted, true);
      from.insertBefore(fresh, here);
      if (wanted.dataset?.key) changed(fresh);
    }
  }
  while (here) {
    const next = here.nextSibling;
    if (!keyed.has(here.dataset?.key) || keyed.get(here.dataset.key) === here) here.remove();
    here = next;
  }
}

function morphNode(from, to, changed) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  const before = from.hasAttribute("data-mark") ? from.textContent : null;
  morph(from, to, changed);
  if (before !== null && before !== from.textContent) changed(from);
}

function syncAttributes(from, to) {
  for (const { name } of [...from.attributes]) {
    if (!to.hasAttribute(name) && !OWN_ATTRIBUTES.has(name)) from.removeAttribute(name);
  }
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value && !OWN_ATTRIBUTES.has(name)) from.setAttribute(name, value);
  }
}
