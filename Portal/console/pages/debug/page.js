// Why could this person not log in? Failed attempts, a trace, a replay.
import { api, resource } from "../../core/api.js";
import { computed, effect, h, untracked } from "../../core/reactive.js";
import { parameter, setParameters, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { ago, time } from "../../core/time.js";
import { organizationName, organizationQuery } from "../../shell/organizations.js";
import { isReject } from "../authentications/page.js";
import { codeBlock, facts, linkButton, mono, pageHead, tabs } from "../../widgets/parts.js";
import { empty, loaded, loadedPage } from "../../widgets/states.js";
import { verdict } from "./decision.js";
import { replay } from "./replay.js";
import { trace } from "./trace.js";

export default function debug({ id }) {
  return id ? attempt(id) : start();
}

const mayAct = () => may("add", "radiuspostauth");

function start() {
  const wanted = computed(() => JSON.stringify({ username: parameter("user"), calling_station_id: parameter("station"), ...organizationQuery() }));
  const asked = untracked(() => ({ username: parameter("user"), calling_station_id: parameter("station") }));
  const failed = resource((abort) => api.page("radius/authentications/", { reply: "reject", page_size: 25, ...JSON.parse(untracked(wanted)) }, abort));
  let isFirst = true;
  effect(() => {
    wanted();
    if (!isFirst) untracked(failed.reload);
    isFirst = false;
  });
  return h(
    "div.debug",
    pageHead("Debug a login", { note: "From “it does not work” to the cause, in one of three ways." }),
    h(
      "div.debug-columns",
      h(
        "section.block.failed",
        h("h2", "1 · Pick a failed attempt"),
        h("form.inline-search", { role: "search", onsubmit: (event) => event.preventDefault() }, h("label.filter.wide", h("span", "User name"), h("input", {
          type: "search", value: asked.username, placeholder: "all", autocomplete: "off",
          onchange: (event) => setParameters({ user: event.target.value.trim(), station: "" }),
        }))),
        loaded(failed, (found) =>
          found.rows.length === 0
            ? empty("No failed attempt", "Nobody was rejected lately. If somebody still cannot get in, no request has reached this server: arm a trace and have the person try.")
            : h("ul.attempts", { role: "list" }, found.rows.map((row) =>
                h("li", h("a", { href: to(`/debug/${row.id}`) }, h("span.attempt-who", row.username || "no name"), h("span.attempt-when", ago(row.time)), h("span.attempt-why", row.explanation || row.reason || "rejected"), h("span.attempt-where", mono(row.calling_station_id))))))),
      ),
      mayAct() && h(
        "div",
        h("section.block", h("h2", "2 · Watch the next attempt"), trace(asked)),
        h("section.block", h("h2", "3 · Try it yourself"), replay(asked)),
      ),
    ),
  );
}

function attempt(id) {
  const source = resource((abort) => api.get(`radius/authentications/${encodeURIComponent(id)}/`, { abort }));
  return h("div.debug", loadedPage(source, (row) => {
    const nas = row.nas && typeof row.nas === "object" ? row.nas : null;
    return [
      pageHead(row.username || "no name", {
        back: { path: "/debug", label: "Debug a login" },
        note: time(row.time),
        actions: [linkButton("All logins of this user", to("/authentications", { username: row.username }), { small: true }), row.user && linkButton("The user", to(`/users/${row.user}`), { small: true })],
      }),
      h(
        "div.two-columns",
        h("div", verdict({
          accepted: !isReject(row), title: isReject(row) ? "Rejected" : "Accepted", reason: row.reason, explanation: row.explanation, nextStep: row.next_step,
        })),
        h("section.block", h("h2", "The request"), facts([
          ["Device of the user", row.calling_station_id && mono(row.calling_station_id)], ["Access point", row.called_station_id && mono(row.called_station_id)],
          ["NAS", nas ? nas.id ? h("a", { href: to(`/nas/${nas.id}`) }, nas.name) : nas.name : row.nas], ["Method", row.method], ["Organization", row.organization && organizationName(row.organization)],
        ])),
      ),
      row.stages && h("section.block", h("h2", "Stages"), h("p.quiet", "As they were recorded."), h("ol.stages", row.stages.map((stage) => h("li.stage", stage.name)))),
      row.radclient && h("section.block", codeBlock(row.radclient, "The same by radclient")),
      mayAct() && h("section.block", tabs([
        { name: "replay", label: "Replay with a password", make: () => replay({ ...row, nas: nas?.id }) },
        { name: "trace", label: "Watch the next attempt", make: () => trace(row) },
      ])),
    ];
  }));
}
