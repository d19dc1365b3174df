// What a user has used: volumes by day from the sessions, and limits where the server tells them.
import { api, resource } from "../../core/api.js";
import { count, formatBytes } from "../../core/format.js";
import { h } from "../../core/reactive.js";
import { to } from "../../core/router.js";
import { formatDuration } from "../../core/time.js";
import { days, meter } from "../../widgets/charts.js";
import { linkButton } from "../../widgets/parts.js";
import { empty, loaded } from "../../widgets/states.js";

const span = 30;

export function usage(user) {
  const start = new Date();
  start.setHours(0, 0, 0, 0);
  start.setDate(start.getDate() - span + 1);
  const sessions = resource((abort) => api.all("radius/sessions/", { username: user.username, start_time: start.toISOString() }, { limit: 2000, abort }));
  const limits = resource((abort) => api.get(`users/user/${user.id}/usage/`, { abort }).catch((problem) => {
    if (problem.status === 404) return null;
    throw problem;
  }));
  return h(
    "div",
    loaded(limits, (answer) => (answer === null ? null : h("section.block", h("h2", "Limits"), limitList(answer.checks ?? answer)))),
    loaded(sessions, (rows) => {
      if (rows.length === 0) return empty("No session in 30 days", "As soon as a device tells of a session, its time and volume are counted here.");
      const points = Array.from({ length: span }, (_, index) => {
        const day = new Date(start);
        day.setDate(day.getDate() + index);
        const mine = rows.filter((row) => new Date(row.start_time).toDateString() === day.toDateString());
        return { label: `${day.getDate()}.${day.getMonth() + 1}.`, octets: total(mine, "input_octets") + total(mine, "output_octets"), seconds: total(mine, "session_time") };
      });
      return [
        h("p.quiet", `${count(rows.length, "session")} in ${span} days, ${formatBytes(total(rows, "input_octets") + total(rows, "output_octets"))}, ${formatDuration(total(rows, "session_time"))} online. A session counts for the day it began.`),
        h("section.block", h("h2", "Volume by day"), days(points.map((point) => ({ label: point.label, value: point.octets })), { format: formatBytes, label: `Volume of the last ${span} days`, name: "Volume" })),
        h("section.block", h("h2", "Time online by day"), days(points.map((point) => ({ label: point.label, value: point.seconds })), { format: formatDuration, label: `Time online of the last ${span} days`, name: "Time" })),
        linkButton("The sessions", to("/sessions", { username: user.username, is_open: "all" }), { small: true }),
      ];
    }),
  );
}

const total = (rows, name) => rows.reduce((sum, row) => sum + Number(row[name] ?? 0), 0);

function limitList(checks) {
  if (!Array.isArray(checks) || checks.length === 0) return h("p.quiet", "No limit holds for this user.");
  return h("ul.plain-list", checks.map((check) => {
    const format = check.type === "bytes" ? formatBytes : check.type === "seconds" ? formatDuration : String;
    return h("li.limit", h("span", check.attribute), meter(Number(check.result ?? 0), Number(check.value), check.attribute), h("span.quiet", `${format(Number(check.result ?? 0))} of ${format(Number(check.value))}`));
  }));
}
