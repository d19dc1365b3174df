// What goes on now: everything leads to the list behind it.
import { api, resource } from "../../core/api.js";
import { count, formatBytes, formatNumber } from "../../core/format.js";
import { effect, h, onEnd, untracked } from "../../core/reactive.js";
import { go, parameter, setParameters, to } from "../../core/router.js";
import { may } from "../../core/session.js";
import { ago } from "../../core/time.js";
import { organizationName, organizationQuery } from "../../shell/organizations.js";
import { organization } from "../../core/preferences.js";
import { mirror, ranking } from "../../widgets/charts.js";
import { linkButton, pageHead } from "../../widgets/parts.js";
import { series } from "../../widgets/series.js";
import { empty, loaded } from "../../widgets/states.js";

const spans = [["60", "1 hour"], ["360", "6 hours"], ["1440", "24 hours"]];

export default function overview() {
  const minutes = () => parameter("minutes") || "60";
  const source = resource((abort) => api.get("radius/overview/", { query: { minutes: untracked(minutes), ...untracked(organizationQuery) }, abort }));
  let isFirst = true;
  effect(() => {
    minutes();
    organization();
    if (!isFirst) untracked(source.reload);
    isFirst = false;
  });
  const timer = setInterval(() => document.visibilityState === "visible" && source.reload(), 30_000);
  onEnd(() => clearInterval(timer));

  return h(
    "div.overview",
    pageHead("Overview", {
      note: () => (organization() ? organizationName(organization()) : "All organizations"),
      actions: h("div.segments", { role: "group", "aria-label": "Span" }, spans.map(([value, label]) =>
        h("button.segment", { type: "button", "aria-pressed": () => String(minutes() === value), onclick: () => setParameters({ minutes: value === "60" ? "" : value }, { replace: true }) }, label))),
    }),
    loaded(source, content),
  );
}

function merge(first, second) {
  const times = new Map();
  for (const [time, count] of first ?? []) times.set(time, [time, count, 0]);
  for (const [time, count] of second ?? []) times.set(time, [time, times.get(time)?.[1] ?? 0, count]);
  return [...times.values()].sort((left, right) => left[0] - right[0]);
}

const sum = (pairs) => (pairs ?? []).reduce((total, [, number]) => total + number, 0);
const seconds = (time) => (typeof time === "number" ? time : Date.parse(time) / 1000);
const timed = (points) => (points ?? []).map(([time, ...values]) => [seconds(time), ...values]);

function content(now) {
  if (now.nas_count === 0 && now.online === 0 && now.accepts_per_minute.length + now.rejects_per_minute.length === 0) return welcome();
  const logins = merge(timed(now.accepts_per_minute), timed(now.rejects_per_minute));
  const traffic = timed(now.traffic);
  const step = now.step ?? 60;
  const accepted = sum(now.accepts_per_minute);
  const rejected = sum(now.rejects_per_minute);
  return [
    h(
      "ul.figures",
      figure("Online now", formatNumber(now.online), now.online_users !== undefined && count(now.online_users, "user"), to("/sessions")),
      figure("Accepted", formatNumber(accepted), "logins in this time", to("/authentications", { reply: "accept" })),
      figure("Rejected", formatNumber(rejected), accepted + rejected > 0 ? `${Math.round((rejected / (accepted + rejected)) * 100)} % of all` : "none", to("/authentications", { reply: "reject" }), rejected > accepted ? "bad" : ""),
      figure("Silent devices", formatNumber(now.silent_nas.length), `of ${formatNumber(now.nas_count)}`, to("/nas"), now.silent_nas.length > 0 ? "warn" : ""),
      figure("Users", formatNumber(now.user_count), "known", to("/users")),
    ),
    h("section.block", h("h2", step === 60 ? "Logins a minute" : `Logins in ${step / 60} minutes`), logins.length > 0
      ? mirror(logins, {
          up: "Accepted", down: "Rejected", format: (value) => formatNumber(Math.round(value)), label: `Logins: ${accepted} accepted, ${rejected} rejected`,
          onPick: ([time]) => go(to("/authentications", { since: new Date(time * 1000).toISOString(), until: new Date((time + step) * 1000).toISOString() })),
        })
      : empty("No login in this time", "As soon as a device asks for somebody, it shows here.")),
    h(
      "div.two-columns",
      h("section.block", h("h2", "Why logins were rejected"), ranking(
        now.reject_reasons.map((reason) => ({ label: reason.explanation || reason.reason, count: reason.count, note: reason.reason, address: to("/authentications", { reply: "reject", reason: reason.reason }) })),
        { empty: "No login was rejected in this time." },
      )),
      h("section.block", h("h2", "Silent devices"), now.silent_nas.length > 0
        ? h("ul.plain-list", now.silent_nas.slice(0, 12).map((nas) => h("li", h("a", { href: to(`/nas/${nas.id}`) }, nas.name), h("span.quiet", nas.last_seen ? ["last heard ", ago(nas.last_seen)] : "not heard since the server began"))))
        : h("p.quiet", "Every device was heard lately.")),
    ),
    h("section.block", h("h2", "Traffic"), traffic.length > 0
      ? series(traffic.map(([time, inward, outward]) => [time, outward, inward]), { up: "To users", down: "From users", format: (value) => formatBytes(value), label: "Traffic as the sessions' accounting tells it" })
      : h("p.quiet", "No accounting in this time. Devices send it where accounting and interim updates are switched on.")),
  ];
}

function figure(label, value, note, address, kind = "") {
  return h("li.figure-item", { class: kind }, h("a", { href: address }, h("span.figure-label", label), h("strong.figure-value", value), h("span.figure-note", note || "\u00a0")));
}

function welcome() {
  return empty(
    "No device asks this server yet",
    [
      "A NAS device – an access point, a controller, a router – sends the logins of its users here. Add the first one: the wizard shows the lines for its make.",
    ],
    may("add", "nas") ? linkButton("Add a device", to("/nas/new"), { kind: "primary" }) : null,
  );
}
