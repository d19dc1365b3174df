// Signals and elements: all that pages are made of. Texts become text nodes and attributes, never markup.

let observer = null; // the computation that reads now
let owner = null; // collects what ends together with it
const waiting = new Set();

function track(watchers) {
  if (!observer) return;
  watchers.add(observer);
  observer.sources.add(watchers);
}

function notify(watchers) {
  for (const watcher of [...watchers]) watcher.stale();
}

function enqueue(node) {
  if (waiting.size === 0) queueMicrotask(settle);
  waiting.add(node);
}

function forget(node) {
  for (const watchers of node.sources) watchers.delete(node);
  node.sources.clear();
}

function run(newObserver, newOwner, work) {
  const before = [observer, owner];
  observer = newObserver;
  owner = newOwner;
  try {
    return work();
  } finally {
    [observer, owner] = before;
  }
}

/** A value that can be watched: `s()` reads, `s.set(v)`, `s.update(f)` write, `s.peek()` reads unseen. */
export function signal(value) {
  const watchers = new Set();
  const read = () => {
    track(watchers);
    return value;
  };
  read.peek = () => value;
  read.set = (next) => {
    if (Object.is(next, value)) return;
    value = next;
    notify(watchers);
  };
  read.update = (change) => read.set(change(value));
  return read;
}

/** A value made of others, computed when somebody reads it; effects run again only when it has really changed. */
export function computed(compute) {
  const watchers = new Set();
  let value;
  let isStale = true;
  const refresh = () => {
    forget(node);
    isStale = false;
    const before = value;
    value = run(node, null, compute);
    if (Object.is(before, value)) return;
    for (const watcher of [...watchers]) if (!watcher.isComputed) watcher.stale();
  };
  const node = {
    sources: new Set(),
    isComputed: true,
    stale() {
      if (isStale) return;
      isStale = true;
      enqueue(node);
      // Those made of this one must not be read as they were.
      for (const watcher of [...watchers]) if (watcher.isComputed) watcher.stale();
    },
    run() {
      if (isStale) refresh();
    },
  };
  owner?.cleanups.push(() => {
    waiting.delete(node);
    forget(node);
    isStale = true;
  });
  return () => {
    if (isStale) refresh();
    track(watchers);
    return value;
  };
}

/** Runs `work` now and whenever something changes that it read. Ends with the scope it was made in. */
export function effect(work) {
  const node = {
    sources: new Set(),
    cleanups: [],
    isOver: false,
    stale: () => enqueue(node),
    run() {
      if (node.isOver) return;
      node.clear();
      run(node, node, work);
    },
    clear() {
      forget(node);
      for (const cleanup of node.cleanups.splice(0).reverse()) cleanup();
    },
  };
  const end = () => {
    node.isOver = true;
    waiting.delete(node);
    node.clear();
  };
  owner?.cleanups.push(end);
  node.run();
  return end;
}

/** Runs the effects that wait; they run by themselves before the next frame. */
export function settle() {
  for (let round = 0; waiting.size > 0; round += 1) {
    if (round > 100) throw new Error("effects do not settle");
    for (const node of [...waiting]) {
      waiting.delete(node);
      node.run();
    }
  }
}

/** Runs `work` so that what it reads is not watched. */
export function untracked(work) {
  return run(null, owner, work);
}

/** Runs `work`; the returned function ends the effects that it made. */
export function scope(work) {
  const node = { cleanups: [] };
  const end = () => {
    for (const cleanup of node.cleanups.splice(0).reverse()) cleanup();
  };
  owner?.cleanups.push(end);
  return { value: run(null, node, work), end };
}

/** Calls `work` when the surrounding effect runs again or ends. */
export function onEnd(work) {
  owner?.cleanups.push(work);
}

const properties = new Set(["value", "checked", "indeterminate", "selected"]);
const addresses = new Set(["href", "src", "action"]);

function setAttribute(element, name, value) {
  if (name === "class") {
    const text = [value].flat(9).filter(Boolean).join(" ");
    if (text) element.setAttribute("class", text);
    else element.removeAttribute("class");
  } else if (name === "style") {
    // By property, which the content security policy allows; as an attribute it would not.
    for (const [key, text] of Object.entries(value ?? {})) element.style.setProperty(key, text);
  } else if (properties.has(name) && element.tagName !== "OPTION") {
    if (element[name] !== value) element[name] = value ?? "";
  } else if (value === null || value === undefined || value === false) {
    element.removeAttribute(name);
  } else {
    if (addresses.has(name) && /^\s*(javascript|data:text|vbscript)/i.test(value)) return;
    element.setAttribute(name, value === true ? "" : String(value));
  }
}

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "ref") value(element);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (typeof value === "function") effect(() => setAttribute(element, name, value()));
    else setAttribute(element, name, value);
  }
  insert(element, children);
  // A select's choice counts only once its options are there.
  if (element.tagName === "SELECT" && attributes?.value !== undefined && typeof attributes.value !== "function") element.value = attributes.value;
  return element;
}

/**
 * An HTML element: `h("p.note", { onclick, title: () => reactive() }, "text", node, () => reactive())`.
 * The attributes may be left out.
 */
export function h(selector, ...rest) {
  const [tag, ...classes] = selector.split(".");
  const [attributes, children] = split(rest);
  const element = document.createElement(tag || "div");
  if (classes.length > 0) {
    const own = attributes.class;
    attributes.class = typeof own === "function" ? () => [classes, own()] : [classes, own];
  }
  return build(element, attributes, children);
}

/** An SVG element; as {@link h}. */
export function svg(tag, ...rest) {
  const [attributes, children] = split(rest);
  return build(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function split(rest) {
  const first = rest[0];
  const isAttributes = first && typeof first === "object" && !(first instanceof Node) && !Array.isArray(first) && !first.mount;
  return isAttributes ? [{ ...first }, rest.slice(1)] : [{}, rest];
}

/** Puts a child, an array of children or a function that makes them in front of a node. */
export function insert(parent, child, before = null) {
  if (child === null || child === undefined || typeof child === "boolean") return;
  if (Array.isArray(child)) for (const each of child) insert(parent, each, before);
  else if (typeof child === "function") region(parent, child, before);
  else if (child.mount) child.mount(parent, before);
  else parent.insertBefore(child instanceof Node ? child : document.createTextNode(String(child)), before);
}

function anchors(parent, before) {
  const pair = [document.createComment(""), document.createComment("")];
  for (const anchor of pair) parent.insertBefore(anchor, before);
  return pair;
}

function region(parent, produce, before) {
  const [start, end] = anchors(parent, before);
  effect(() => {
    const content = produce();
    const focus = focusInside(start, end);
    while (start.nextSibling !== end) start.nextSibling.remove();
    untracked(() => insert(end.parentNode, content, end));
    focus?.();
  });
}

const nameOf = (element) => element.id || `${element.tagName} ${element.getAttribute("href") ?? ""} ${element.name ?? ""} ${element.textContent}`;

/** Whoever works by keyboard stays where he is when the part around him is made anew: the function finds the element that is the same. */
function focusInside(start, end) {
  const active = document.activeElement;
  if (!active || active === document.body || !isBetween(active, start, end)) return null;
  const name = nameOf(active);
  return () => {
    for (let node = start.nextSibling; node && node !== end; node = node.nextSibling) {
      if (!(node instanceof Element)) continue;
      const same = [node, ...node.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")].find((each) => nameOf(each) === name);
      if (same) return same.focus({ preventScroll: true });
    }
    return undefined;
  };
}

const isBetween = (node, start, end) =>
  Boolean(start.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING && end.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING);

/**
 * One element for each entry of a list; elements stay with the entry's key.
 * @param render gets a signal of the entry, and returns one element.
 */
export function each(list, key, render) {
  return {
    mount(parent, before) {
      const [, end] = anchors(parent, before);
      const shown = new Map();
      effect(() => {
        const entries = list();
        untracked(() => {
          const keys = new Set(entries.map(key));
          for (const [old, row] of shown) {
            if (keys.has(old)) continue;
            row.end();
            row.value.remove();
            shown.delete(old);
          }
          // From the end, so that what stays in order is not moved.
          let next = end;
          for (const entry of [...entries].reverse()) {
            const id = key(entry);
            let row = shown.get(id);
            if (!row) {
              const item = signal(entry);
              row = run(null, null, () => scope(() => render(item)));
              row.item = item;
              shown.set(id, row);
            } else row.item.set(entry);
            if (row.value.nextSibling !== next) end.parentNode.insertBefore(row.value, next);
            next = row.value;
          }
        });
      });
      onEnd(() => {
        for (const row of shown.values()) row.end();
      });
    },
  };
}

/** Shows a node as all of a parent's content, until the returned function is called. */
export function mount(parent, make) {
  const { end } = scope(() => {
    parent.replaceChildren();
    untracked(() => insert(parent, make()));
  });
  return end;
}
