// One decision of the server about a login: stages in their order, the one that decided, cause and next step.
import { formatMicroseconds } from "../../core/format.js";
import { h } from "../../core/reactive.js";
import { time } from "../../core/time.js";
import { icon } from "../../widgets/icon.js";
import { badge, codeBlock } from "../../widgets/parts.js";

const isAccept = (decision) => /accept|ok/i.test(decision.outcome ?? "");
const isChallenge = (decision) => /challenge|handled/i.test(decision.outcome ?? "");

const outcomeName = (decision) => (isAccept(decision) ? "Accepted" : isChallenge(decision) ? "Asked on (challenge)" : /drop|silen|ignore/i.test(decision.outcome ?? "") ? "Not answered" : "Rejected");

/** The verdict in one box: outcome, cause, next step. */
export function verdict({ accepted, title, reason, explanation, nextStep }) {
  return h(
    "div.verdict",
    { class: accepted ? "good" : "bad" },
    h("p.verdict-title", icon(accepted ? "check" : "warning"), h("strong", title)),
    explanation && h("p.verdict-cause", explanation),
    nextStep && h("p.verdict-step", h("strong", "What to do: "), nextStep),
    reason && h("p.quiet.mono", reason),
  );
}

function stageRow(stage, decision) {
  const decided = decision.decided_by === stage.name || decision.decided_by === stage.number;
  const kind = /reject|fail|invalid|disallow/i.test(stage.outcome ?? "") ? "bad" : /ok|updated|accept/i.test(stage.outcome ?? "") ? "good" : "";
  return h(
    "li.stage",
    { class: [decided && "decided", kind], value: stage.number },
    h("span.stage-number", { "aria-hidden": "true" }, stage.number),
    h(
      "div.stage-body",
      h("p.stage-head", h("strong", stage.name), badge(kind, stage.outcome), decided && badge("decides", "decided"), h("span.stage-time", formatMicroseconds(stage.microseconds))),
      (stage.notes ?? []).length > 0 && h("ul.stage-notes", stage.notes.map((note) => h("li", note))),
    ),
  );
}

const isSilent = (stage) => /noop|notfound/i.test(stage.outcome ?? "") && (stage.notes ?? []).length === 0;

/** The whole decision. */
export function decisionView(decision) {
  const stages = decision.stages ?? [];
  const total = stages.reduce((sum, stage) => sum + (stage.microseconds ?? 0), 0);
  const decided = (stage) => decision.decided_by === stage.name || decision.decided_by === stage.number;
  const told = stages.filter((stage) => !isSilent(stage) || decided(stage));
  const silent = stages.filter((stage) => !told.includes(stage));
  return h(
    "article.decision",
    h("header.decision-head", h("h3", decision.username || "no name"), time(decision.time), total > 0 && h("span.quiet", `decided in ${formatMicroseconds(total)}`)),
    verdict({ accepted: isAccept(decision) || isChallenge(decision), title: outcomeName(decision), reason: decision.reason, explanation: decision.explanation, nextStep: decision.next_step }),
    stages.length > 0 && h("section", h("h4", "Stages"), h("ol.stages", { role: "list" }, told.map((stage) => stageRow(stage, decision))),
      silent.length > 0 && h("details.silent", h("summary", `${silent.length} stages had nothing to do`), h("p.quiet", silent.map((stage) => `${stage.number} ${stage.name}`).join(", ")))),
    h(
      "div.two-columns",
      (decision.request ?? []).length > 0 && codeBlock(decision.request.join("\n"), "Request"),
      (decision.reply ?? []).length > 0 && codeBlock(decision.reply.join("\n"), "Reply"),
    ),
    decision.radclient && codeBlock(decision.radclient, "The same by radclient"),
  );
}
