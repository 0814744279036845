// Makes `shown` like `fresh` in place, so that focus, selection and scroll stay where the reader left them.
// Elements with a data-key are the same thing before and after, wherever they stand among their siblings.
export function morph(shown, fresh) {
  if (shown.isEqualNode(fresh)) return;
  if (shown.nodeName !== fresh.nodeName) {
    shown.replaceWith(fresh);
  } else if (shown.nodeType === Node.ELEMENT_NODE) {
    copyAttributes(shown, fresh);
    morphChildren(shown, fresh);
  } else {
    shown.nodeValue = fresh.nodeValue;
  }
}

function copyAttributes(shown, fresh) {
  for (const name of shown.getAttributeNames()) if (!fresh.hasAttribute(name)) shown.removeAttribute(name);
  for (const name of fresh.getAttributeNames()) {
    if (shown.getAttribute(name) !== fresh.getAttribute(name)) shown.setAttribute(name, fresh.getAttribute(name));
  }
}

function morphChildren(shown, fresh) {
  const wanted = new Set([...fresh.children].map(keyOf).filter(Boolean));
  for (const child of [...shown.children]) if (keyOf(child) && !wanted.has(keyOf(child))) child.remove();
  const keyed = new Map([...shown.children].filter(keyOf).map((child) => [keyOf(child), child]));
  let next = shown.firstChild;
  for (const child of [...fresh.childNodes]) {
    const match = keyOf(child) ? keyed.get(keyOf(child)) : next && !keyOf(next) ? next : null;
    if (match === next && next) next = next.nextSibling;
    else shown.insertBefore(match ?? child, next);
    if (match) morph(match, child);
  }
  while (next) {
    const gone = next;
    next = next.nextSibling;
    gone.remove();
  }
}

const keyOf = (node) => node.dataset?.key;
