// Who is logged in. The session's cookie is out of reach of scripts; its CSRF token lives in memory only.
import { signal } from "./reactive.js";

/** The server's answer to who is logged in; null before the first answer. */
export const session = signal(null);

/** The user who is logged in; null for nobody. */
export const user = () => session()?.user ?? null;

/** Whether the user may do something to a kind of object: `may("change", "user")`. */
export function may(action, model) {
  const who = user();
  if (!who) return false;
  if (who.is_superuser) return true;
  const names = action === "view" ? [`view_${model}`, `change_${model}`] : [`${action}_${model}`];
  return names.some((name) => who.permissions.includes(name));
}
