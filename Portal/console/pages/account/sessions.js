// Where the viewer is logged in, each to be ended from here.
import { api, refreshSession, resource } from "../../core/api.js";
import { h } from "../../core/reactive.js";
import { ago, time } from "../../core/time.js";
import { confirm } from "../../shell/dialogs.js";
import { tell } from "../../shell/toasts.js";
import { badge, button, mono } from "../../widgets/parts.js";
import { loaded } from "../../widgets/states.js";

/** What a browser says about itself, in short. */
function browserName(text) {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari|curl|python)[/ ]?([\d]+)?/.exec(text ?? "");
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(text ?? "");
  const names = { Edg: "Edge", OPR: "Opera", "Mac OS X": "macOS" };
  return [browser && (names[browser[1]] ?? browser[1]), system && `on ${names[system[1]] ?? system[1]}`].filter(Boolean).join(" ") || text || "unknown";
}

export function sessions() {
  const source = resource((abort) => api.get("auth/sessions/", { abort }));
  const end = async (login) => {
    if (login.current && !(await confirm("Log out here", "This is the session that you are in.", { action: "Log out" }))) return;
    await api.delete(`auth/sessions/${encodeURIComponent(login.id)}/`);
    if (login.current) await refreshSession();
    else {
      tell("Ended.");
      source.reload();
    }
  };
  return h("div", loaded(source, (list) => [
    h("ul.rows.logins", { role: "list" }, list.map((login) =>
      h(
        "li",
        h("div", h("strong", { title: login.user_agent }, browserName(login.user_agent)), " ", login.current && badge("good", "this one"), login.kind !== "session" && badge("", login.kind),
          h("p.quiet", "since ", ago(login.created), " · from ", mono(login.client_address), " · ends ", time(login.expires))),
        button(login.current ? "Log out" : "End it", () => end(login), { small: true }),
      ))),
    list.length > 1 && button("End all others", async () => {
      for (const login of list.filter((each) => !each.current)) await api.delete(`auth/sessions/${encodeURIComponent(login.id)}/`);
      tell("Only this session is left.");
      source.reload();
    }, { kind: "danger" }),
  ]));
}
