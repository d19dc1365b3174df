// The import wizard: drop a file, say which column is what, see what would happen, then let it happen.
import { api } from "../../core/api.js";
import { download, parse, readText, write } from "../../core/csv.js";
import { count, formatNumber } from "../../core/format.js";
import { computed, h, signal } from "../../core/reactive.js";
import { go, to } from "../../core/router.js";
import { complain } from "../../shell/toasts.js";
import { form } from "../../widgets/form.js";
import { icon } from "../../widgets/icon.js";
import { badge, button, linkButton, pageHead } from "../../widgets/parts.js";
import { empty } from "../../widgets/states.js";
import { table } from "../../widgets/table.js";
import { batchBody, groupSource, voucherFields } from "../vouchers/fields.js";
import { guess, mapped, targets } from "./columns.js";

const limit = 5_000_000;
const steps = ["File", "Columns", "Dry run", "Import"];

export default function importWizard() {
  const file = signal(null); // { name, rows, hasHeader, mapping }
  const step = signal(0);
  const plan = signal(null); // { values, verdict }
  return h(
    "div.import",
    pageHead("Import", { note: "Users from a table: CSV as every spreadsheet saves it.", actions: linkButton("Earlier imports", to("/vouchers")) }),
    h("ol.steps", { role: "list" }, steps.map((name, index) => h("li", { "aria-current": () => (step() === index ? "step" : null), class: () => step() > index && "done" }, h("span.step-number", index + 1), name))),
    () => [chooseFile, mapColumns, dryRun][Math.min(step(), 2)]({ file, step, plan }),
  );
}

function chooseFile({ file, step }) {
  const isOver = signal(false);
  const read = async (chosen) => {
    if (!chosen) return;
    if (chosen.size > limit) return complain(`The file has ${formatNumber(chosen.size)} octets; at most ${formatNumber(limit)} can be taken at once. Split it.`);
    const rows = parse(await readText(chosen));
    if (rows.length === 0) return complain("The file is empty.");
    file.set({ name: chosen.name, rows, ...guess(rows) });
    step.set(1);
  };
  const input = h("input.hidden", { type: "file", accept: ".csv,.txt,text/csv,text/plain", id: "import-file", onchange: (event) => read(event.target.files[0]) });
  return h(
    "div",
    h(
      "div.drop",
      {
        class: () => isOver() && "over",
        ondragover: (event) => {
          event.preventDefault();
          isOver.set(true);
        },
        ondragleave: () => isOver.set(false),
        ondrop: (event) => {
          event.preventDefault();
          isOver.set(false);
          read(event.dataTransfer.files[0]);
        },
      },
      icon("import"),
      h("p", h("strong", "Drop a file here"), " or ", input, h("label.button", { for: "import-file" }, "choose one")),
      h("p.quiet", "CSV in UTF-8, UTF-16 or Windows-1252; comma, semicolon or tab; with or without a heading."),
    ),
    h("section.block", h("h2", "What a file looks like"), h("div.code", h("pre", { tabindex: "0", role: "group", "aria-label": "An example" }, h("code", "username,password,email,first_name,last_name\nmaria,,maria@example.org,Maria,Rossi\n,,luca@example.org,Luca,Bianchi\nanna,cleartext$winter-sun-42,,Anna,Verdi"))),
      h("ul.hints", h("li", "Without a user name, the part of the e-mail address before the @ is taken."), h("li", "Without a password, one is made up and sent by e-mail."), h("li", "cleartext$ before a password tells that it is one, and no hash."), h("li", "Who is known by the e-mail address is not made again but joins the organization.")),
      button("Save an empty file with the heading", () => download("users.csv", write([targets.map(([name]) => name)])), { small: true })),
  );
}

function mapColumns({ file, step, plan }) {
  const { rows, mapping, hasHeader } = file();
  const width = Math.max(...rows.slice(0, 50).map((row) => row.cells.length));
  const head = hasHeader ? rows[0].cells : [];
  const columnName = (index) => head[index]?.trim() || `Column ${index + 1}`;
  const data = hasHeader ? rows.slice(1) : rows;
  const groups = groupSource();
  const change = (changes) => file.set({ ...file.peek(), ...changes });
  return h(
    "div",
    h("section.block", h("h2", file().name), h("p.quiet", `${count(data.length, "row")}, ${count(width, "column")}.`),
      h("label.check", h("input", { type: "checkbox", checked: hasHeader, onchange: (event) => change({ hasHeader: event.target.checked }) }), "The first row is a heading"),
      h("div.mapping", targets.map(([name, label]) =>
        h("label.filter", h("span", label), h("select", { value: String(mapping[name]), onchange: (event) => change({ mapping: { ...mapping, [name]: event.target.value === "" ? "" : Number(event.target.value) } }) },
          h("option", { value: "" }, "not in the file"), Array.from({ length: width }, (_, index) => h("option", { value: String(index) }, columnName(index))))))),
    ),
    h("section.block", h("h2", "Preview"), table({
      name: "import-preview", caption: "Preview", isLong: data.length > 100, keepsShape: true, rows: () => data, rowKey: (row) => row.line,
      columns: [
        { key: "line", label: "Line", isNumeric: true, value: (row) => row.line },
        ...targets.map(([name, label], index) => ({ key: name, label, value: (row) => mapped(row.cells, mapping)[index], cell: (row) => {
          const text = mapped(row.cells, mapping)[index];
          return name === "password" && text ? "••••••" : text || h("span.quiet", "–");
        } })),
      ],
    })),
    h("section.block", h("h2", "Where to"), form(
      voucherFields(groups, { start: { ...plan.peek()?.values, name: plan.peek()?.values.name ?? file.peek().name.replace(/\.[^.]*$/, "") } }).filter((field) => !["prefix", "number_of_users"].includes(field.name)),
      {
        action: "See what would happen",
        cancel: () => step.set(0),
        className: "columns",
        submit: async (values) => {
          const verdict = await api.post("radius/batch/", body(file.peek(), values, { dry_run: "true" }));
          plan.set({ values, verdict });
          step.set(2);
        },
      },
    )),
  );
}

function body({ rows, mapping, hasHeader, name }, values, more) {
  const data = hasHeader ? rows.slice(1) : rows;
  const text = write([targets.map(([field]) => field), ...data.map((row) => mapped(row.cells, mapping))]);
  return batchBody({ ...values, ...more, strategy: "csv", csvfile: new File([text], name.replace(/\.[^.]*$/, "") + ".csv", { type: "text/csv" }) });
}

const actions = { create: ["good", "new"], link: ["", "joins"], refuse: ["bad", "refused"], created: ["good", "new"], linked: ["", "joins"], refused: ["bad", "refused"] };

function dryRun({ file, step, plan }) {
  const { values, verdict } = plan();
  const only = signal(verdict.refused > 0 ? "bad" : "all");
  const isBad = (line) => line.error !== null && line.error !== undefined;
  const lines = computed(() => verdict.lines.filter((line) => only() === "all" || isBad(line)));
  const source = file.peek();
  // The lines of the file that was sent begin with our own heading.
  const rowOf = (line) => (source.hasHeader ? source.rows.slice(1) : source.rows)[line - 2];
  const run = async (skipsErrors) => {
    const batch = await api.post("radius/batch/", body(source, values, skipsErrors ? { skip_errors: "true" } : {}));
    go(to(`/import/${batch.id}`));
  };
  const saveBad = () => {
    const bad = verdict.lines.filter(isBad);
    const heading = source.hasHeader ? [...source.rows[0].cells, "error"] : [...(source.rows[0]?.cells.map((_, index) => `column ${index + 1}`) ?? []), "error"];
    download("errors.csv", write([heading, ...bad.map((line) => [...(rowOf(line.line)?.cells ?? []), line.error])]));
  };
  return h(
    "div",
    h("ul.figures", [["Rows", verdict.rows, ""], ["New accounts", verdict.created, "good"], ["Join the organization", verdict.linked, ""], ["Refused", verdict.refused, verdict.refused > 0 ? "bad" : ""]].map(([label, number, kind]) =>
      h("li.figure-item", { class: kind }, h("span.figure-label", label), h("strong.figure-value", formatNumber(number))))),
    h("p.quiet", "Nothing is written yet."),
    h("div.table-tools",
      h("div.segments", { role: "group", "aria-label": "Lines" }, [["all", "All lines"], ["bad", "Only refused"]].map(([value, label]) => h("button.segment", { type: "button", "aria-pressed": () => String(only() === value), onclick: () => only.set(value) }, label))),
      verdict.refused > 0 && button("Save only the refused lines", saveBad, { small: true, iconName: "export" })),
    table({
      name: "dry-run", caption: "Dry run", isLong: true, rows: lines, rowKey: (line) => line.line,
      columns: [
        { key: "line", label: "Line", isNumeric: true, value: (line) => rowOf(line.line)?.line ?? line.line },
        { key: "action", label: "What happens", value: (line) => line.action, cell: (line) => badge(...(actions[line.action] ?? ["", line.action])) },
        { key: "username", label: "User name", value: (line) => line.username, cell: (line) => line.username ?? "–" },
        { key: "column", label: "Column", value: (line) => line.column, cell: (line) => line.column ?? "–" },
        { key: "error", label: "Why not", value: (line) => line.error, cell: (line) => line.error ?? "–" },
      ],
      empty: empty("All lines are good", "Nothing is refused."),
    }),
    h(
      "div.actions.sticky",
      button("Back", () => step.set(1)),
      verdict.refused > 0 && verdict.created + verdict.linked > 0 && button(`Import the ${formatNumber(verdict.created + verdict.linked)} good lines`, () => run(true), { kind: "primary" }),
      verdict.refused === 0 && button(`Import ${count(verdict.rows, "row")}`, () => run(false), { kind: "primary" }),
    ),
  );
}
