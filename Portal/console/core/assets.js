// Files of others, which an installation may lack: everything works without them.

const available = new Set((document.querySelector('meta[name="vendor"]')?.content ?? "").split(" ").filter(Boolean));
const folder = new URL("../vendor/", import.meta.url);
const scripts = new Map();

export const has = (file) => available.has(file);

/**
 * Loads a script of others once.
 * @returns what it leaves under a global name; null where the file is not installed.
 */
export function load(file, name) {
  if (!has(file)) return Promise.resolve(null);
  if (!scripts.has(file)) {
    scripts.set(
      file,
      new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = new URL(file, folder);
        script.addEventListener("load", () => resolve(globalThis[name] ?? null));
        script.addEventListener("error", () => resolve(null));
        document.head.append(script);
      }),
    );
  }
  return scripts.get(file);
}

/** Loads a style sheet of others, if it is installed. */
export function loadStyle(file) {
  if (!has(file) || document.querySelector(`link[data-file="${file}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.dataset.file = file;
  link.href = new URL(file, folder);
  document.head.append(link);
}
