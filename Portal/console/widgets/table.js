// Tables: filters in the address, columns by choice, selection, export; thousands of rows where all are here.
import { api, resource } from "../core/api.js";
import { download, writeForSpreadsheet } from "../core/csv.js";
import { count, formatNumber } from "../core/format.js";
import { key } from "../core/keyboard.js";
import { preference } from "../core/preferences.js";
import { computed, each, effect, h, onEnd, signal, untracked } from "../core/reactive.js";
import { go, parameter, setParameters } from "../core/router.js";
import { announce, complain, tell } from "../shell/toasts.js";
import { filterBar } from "./filters.js";
import { icon } from "./icon.js";
import { button } from "./parts.js";
import { empty, problemNote } from "./states.js";

const rowHeight = 37;
const pageSizes = [25, 50, 100];

/**
 * A table.
 *
 * A column: `{ key, label, cell(row), value(row), isNumeric, isHidden, width, sort }`. `value` is what is sorted and exported; without it the
 * column is neither. A hidden column is one that the viewer may add.
 * @param options.name where the choice of columns is remembered.
 * @param options.path of a route that pages, with `options.query()` beside the filters; or
 * @param options.rows function of all rows.
 * @param options.filters see {@link filterBar}.
 * @param options.address row → address that the row leads to.
 * @param options.bulk `{ label, action(rows), danger }` for chosen rows.
 * @param options.empty what is shown where there is nothing and no filter hides anything.
 */
export function table(options) {
  const { name, columns, rowKey = (row) => row.id } = options;
  const hiddenColumns = preference(`columns.${name}`, columns.filter((column) => column.isHidden).map((column) => column.key));
  const size = preference("page-size", 50);
  const visible = computed(() => columns.filter((column) => !hiddenColumns().includes(column.key)));
  const selected = signal(new Set());
  const filters = options.filters ?? [];
  const filterValues = () => Object.fromEntries(filters.map((filter) => [filter.name, parameter(filter.name) || filter.value || ""]));
  const isFiltered = () => filters.some((filter) => parameter(filter.name) && parameter(filter.name) !== filter.value);

  const source = options.path ? remote(options, filterValues, size) : local(options, filterValues);
  const sorting = () => {
    const [column, direction] = parameter("sort").split(".");
    return { column: columns.find((each) => each.key === column && each.value), isDown: direction === "down" };
  };
  const rows = computed(() => {
    const all = source.rows();
    const { column, isDown } = sorting();
    if (!column || !source.isWhole()) return all;
    const sorted = all.toSorted((left, right) => compare(column.value(left), column.value(right)));
    return isDown ? sorted.reverse() : sorted;
  });
  effect(() => {
    const keys = new Set(source.rows().map(rowKey));
    const kept = [...selected.peek()].filter((id) => keys.has(id));
    if (kept.length !== selected.peek().size) selected.set(new Set(kept));
  });
  effect(() => {
    if (!source.isLoading() && source.total() !== null && !source.problem()) untracked(() => announce(count(source.total(), "row")));
  });

  const parts = { options, columns, visible, hiddenColumns, selected, rows, rowKey, source, sorting, size };
  bindKeys(parts);
  const element = h(
    "section.table-part",
    filters.length > 0 && filterBar(filters),
    h(
      "div.table-tools",
      h("p.quiet.table-count", { "aria-busy": () => (source.isLoading() ? "true" : null) }, () => countText(source)),
      options.tools,
      columnChoice(columns, hiddenColumns, name),
      button("CSV", () => exportRows(parts, filterValues()), { iconName: "export", small: true, title: "Save the list as CSV" }),
    ),
    options.bulk && bulkBar(parts),
    () => source.problem() && problemNote(source.problem(), source.reload),
    () => {
      const isEmpty = source.rows().length === 0 && !source.isLoading() && !source.problem() && source.isThere();
      if (!isEmpty) return null;
      if (isFiltered()) return empty("Nothing fits", "No row has all of what the filters ask for.", button("Clear the filters", () => setParameters(Object.fromEntries(filters.map((filter) => [filter.name, ""])))));
      return options.empty ?? empty("Nothing here yet", "Rows appear as soon as there are some.");
    },
    body(parts),
    source.pager?.(),
  );
  return Object.assign(element, { reload: source.reload, source });
}

function countText(source) {
  if (source.problem()) return "";
  if (!source.isThere()) return "Loading…";
  const total = source.total();
  const shown = source.rows().length;
  if (total === null) return `${formatNumber(shown)} rows of a longer list`;
  return total === shown ? count(total, "row") : `${formatNumber(shown)} of ${count(total, "row")}`;
}

function compare(left, right) {
  if (left === right) return 0;
  if (left === null || left === undefined || left === "") return -1;
  if (right === null || right === undefined || right === "") return 1;
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right), undefined, { numeric: true });
}

function local(options, filterValues) {
  const rows = computed(() => {
    const all = options.rows() ?? [];
    return options.keep ? all.filter((row) => options.keep(row, filterValues())) : all;
  });
  return {
    rows, total: () => rows().length, isWhole: () => true, isThere: () => options.rows() !== undefined,
    isLoading: () => options.rows() === undefined, problem: options.problem ?? (() => null), reload: options.reload ?? (() => {}),
  };
}

function remote(options, filterValues, size) {
  const page = () => Math.max(1, Number(parameter("page")) || 1);
  const query = () => clean({ ...options.query?.(), ...(options.ask ?? ((values) => values))(moments(options.filters ?? [], filterValues())) });
  const found = signal({ rows: [], total: null, hasNext: false });
  const isThere = signal(false);
  const source = resource(async (abort) => {
    const result = await api.page(options.path, { ...untracked(query), page: untracked(page), page_size: size.peek() }, abort);
    found.set(result);
    isThere.set(true);
    return result;
  });
  let isFirst = true;
  const asked = computed(() => JSON.stringify([query(), page(), size()]));
  effect(() => {
    asked();
    if (!isFirst) untracked(source.reload);
    isFirst = false;
  });
  if (options.every) {
    const timer = setInterval(() => document.visibilityState === "visible" && !source.isLoading.peek() && source.reload(), options.every * 1000);
    onEnd(() => clearInterval(timer));
  }
  const isPaged = () => found().hasNext || page() > 1;
  return {
    rows: () => found().rows, total: () => found().total, isWhole: () => !isPaged(), isThere, isLoading: source.isLoading, problem: source.problem,
    reload: source.reload, all: (progress) => api.all(options.path, query(), { onProgress: progress }),
    update: (change) => found.update((result) => ({ ...result, rows: change(result.rows) })),
    pager: () => () => {
      if (!isPaged() && (found().total ?? 0) <= pageSizes[0]) return null;
      const pages = found().pages ?? (found().total === null ? null : Math.max(1, Math.ceil(found().total / size())));
      return h(
        "nav.pager",
        { "aria-label": "Pages of the list" },
        h("button.button.small", { type: "button", disabled: page() === 1, onclick: () => setParameters({ page: page() > 2 ? page() - 1 : "" }) }, icon("left"), "Previous"),
        h("span", `Page ${page()}${pages ? ` of ${formatNumber(pages)}` : ""}`),
        h("button.button.small", { type: "button", disabled: !found().hasNext, onclick: () => setParameters({ page: page() + 1 }) }, "Next", icon("right")),
        h("label.page-size", h("span", "Rows"), h("select", { value: String(size()), onchange: (event) => {
          size.set(Number(event.target.value));
          setParameters({ page: "" }, { replace: true });
        } }, pageSizes.map((each) => h("option", { value: each }, each)))),
      );
    },
  };
}

/** Days as moments of the viewer's zone: the first of the day, or the last where a filter says until when. */
function moments(filters, values) {
  const result = { ...values };
  for (const filter of filters.filter((each) => each.type === "date" && /^\d{4}-\d\d-\d\d$/.test(values[each.name]))) {
    const moment = new Date(`${values[filter.name]}T${filter.name === "until" ? "23:59:59" : "00:00:00"}`);
    if (!Number.isNaN(moment.getTime())) result[filter.name] = moment.toISOString();
  }
  return result;
}

const clean = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== null && value !== undefined));

function columnChoice(columns, hidden, name) {
  const id = `columns-${name}`;
  return [
    h("button.button.small", { type: "button", popovertarget: id, title: "Choose columns" }, icon("columns"), "Columns"),
    h(
      "div.popover",
      { id, popover: "auto", role: "group", "aria-label": "Columns" },
      columns.map((column) =>
        h("label.check", h("input", {
          type: "checkbox", checked: () => !hidden().includes(column.key),
          onchange: (event) => hidden.set(event.target.checked ? hidden.peek().filter((each) => each !== column.key) : [...hidden.peek(), column.key]),
        }), column.label)),
    ),
  ];
}

function bulkBar({ options, selected, source, rowKey }) {
  return () =>
    selected().size > 0
      ? h(
          "div.bulk",
          { role: "toolbar", "aria-label": "Chosen rows" },
          h("strong", `${selected().size} chosen`),
          options.bulk.map((each) =>
            button(each.label, async () => {
              const rows = source.rows().filter((row) => selected.peek().has(rowKey(row)));
              if ((await each.action(rows)) !== false) selected.set(new Set());
            }, { kind: each.danger ? "danger" : "", small: true })),
          button("Clear", () => selected.set(new Set()), { small: true, kind: "quiet-button" }),
        )
      : null;
}

/** Runs something for each of many rows, four at a time, and says how it went. */
export async function forEach(rows, action, word) {
  const problems = [];
  const waiting = [...rows];
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let row = waiting.shift(); row; row = waiting.shift()) {
        try {
          await action(row);
        } catch (problem) {
          problems.push(problem);
        }
      }
    }),
  );
  const done = rows.length - problems.length;
  if (done > 0) tell(`${word}: ${formatNumber(done)}.`);
  if (problems.length > 0) complain(`${count(problems.length, "row")} failed: ${problems[0].message}`);
}

async function exportRows({ options, columns, rows, source }, values) {
  const exported = columns.filter((column) => column.value);
  const all = source.all && !source.isWhole() ? await source.all((done, total) => announce(`${done} of ${total ?? "more"}`)) : rows();
  const text = writeForSpreadsheet([exported.map((column) => column.label), ...all.map((row) => exported.map((column) => column.value(row)))]);
  const about = Object.values(values).filter(Boolean).join("-").replace(/[^\w-]+/g, "_");
  download(`${[options.name, about, new Date().toISOString().slice(0, 10)].filter(Boolean).join("-")}.csv`, text);
  tell(`${count(all.length, "row")} saved.`);
}

function bindKeys({ options, rows, selected, rowKey }) {
  const links = () => [...document.querySelectorAll(".table-part tbody tr[data-row]")];
  const move = (step) => {
    const all = links();
    const index = all.findIndex((row) => row.contains(document.activeElement));
    const row = all[index < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, index + step))];
    row?.querySelector("a, button, input")?.focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  key("j", "Next row", () => move(1));
  key("k", "Row before", () => move(-1));
  if (options.address) {
    key("o", "Open the row", () => {
      const id = document.activeElement?.closest("tr[data-row]")?.dataset.row;
      const row = rows().find((each) => String(rowKey(each)) === id);
      if (row) go(options.address(row));
    });
  }
  if (options.bulk) {
    key("x", "Choose the row", () => {
      const id = document.activeElement?.closest("tr[data-row]")?.dataset.row;
      const row = rows().find((each) => String(rowKey(each)) === id);
      if (row) toggle(selected, rowKey(row));
    });
  }
}

function toggle(selected, id) {
  const next = new Set(selected.peek());
  if (!next.delete(id)) next.add(id);
  selected.set(next);
}

function headCell(column, { sorting, source }) {
  const isSorted = () => sorting().column === column;
  const sort = () => {
    const next = !isSorted() ? column.key : sorting().isDown ? "" : `${column.key}.down`;
    setParameters({ sort: next }, { replace: true });
  };
  return h(
    "th",
    { scope: "col", class: column.isNumeric && "numeric", style: column.width ? { width: column.width } : null, "aria-sort": () => (source.isWhole() && isSorted() ? (sorting().isDown ? "descending" : "ascending") : null) },
    () => (column.value && source.isWhole() ? h("button.sort", { type: "button", onclick: sort }, column.label, h("span.sort-mark", { "aria-hidden": "true" }, () => (isSorted() ? (sorting().isDown ? "↓" : "↑") : ""))) : column.label),
  );
}

function rowElement(row, { options, visible, selected, rowKey }, index) {
  const id = untracked(() => rowKey(row()));
  return h(
    "tr",
    {
      "data-row": String(id), class: () => [selected().has(id) && "chosen", options.rowClass?.(row())], "aria-rowindex": index,
      onclick: options.address && ((event) => {
        // The row is an easy target; its link is what keyboards and screen readers use.
        if (event.target.closest("a, button, input, label") || String(getSelection())) return;
        go(options.address(row()));
      }),
    },
    options.bulk && h("td.choice", h("label", h("span.hidden", "Choose"), h("input", { type: "checkbox", checked: () => selected().has(id), onchange: () => toggle(selected, id) }))),
    () => visible().map((column) => h("td", { class: [column.isNumeric && "numeric", column.className], "data-label": column.label }, () => (column.cell ?? ((each) => column.value(each) ?? "–"))(row()))),
  );
}

function body(parts) {
  const { options, visible, rows, rowKey, selected, source } = parts;
  const head = h(
    "thead",
    h(
      "tr",
      options.bulk && h("th.choice", { scope: "col" }, h("label", h("span.hidden", "Choose all"), h("input", {
        type: "checkbox", checked: () => selected().size > 0 && selected().size === rows().length, indeterminate: () => selected().size > 0 && selected().size < rows().length,
        onchange: (event) => selected.set(new Set(event.target.checked ? rows().map(rowKey) : [])),
      }))),
      () => visible().map((column) => headCell(column, parts)),
    ),
  );
  if (options.isLong) return longBody(parts, head);
  return h(
    "div.table-frame",
    { hidden: () => rows().length === 0 && source.isThere(), "aria-busy": () => (source.isLoading() ? "true" : null) },
    h("table.table", { class: options.keepsShape ? "keeps-shape" : "" }, h("caption.hidden", options.caption ?? options.name), head, h("tbody", each(rows, rowKey, (row) => rowElement(row, parts, null)))),
  );
}

/** Thousands of rows: only those in sight are elements. */
function longBody(parts, head) {
  const { options, rows, rowKey } = parts;
  const top = signal(0);
  const height = signal(600);
  const frame = h("div.table-frame.long", { tabindex: "0", role: "region", "aria-label": options.caption ?? options.name, onscroll: () => top.set(frame.scrollTop), hidden: () => rows().length === 0 });
  const watcher = new ResizeObserver(() => height.set(frame.clientHeight));
  watcher.observe(frame);
  onEnd(() => watcher.disconnect());
  const first = computed(() => Math.max(0, Math.min(Math.floor(top() / rowHeight) - 8, rows().length - 1)));
  const shown = computed(() => rows().slice(first(), first() + Math.ceil(height() / rowHeight) + 16).map((row, index) => ({ row, index: first() + index })));
  const spacer = (size) => h("tr.spacer", { "aria-hidden": "true", style: { display: "table-row" } }, h("td", { colspan: 99, style: { padding: "0" } }, h("div", { ref: (element) => effect(() => element.style.setProperty("height", `${size()}px`)) })));
  frame.append(
    h(
      "table.table.keeps-shape",
      { "aria-rowcount": () => rows().length + 1 },
      h("caption.hidden", options.caption ?? options.name),
      head,
      h(
        "tbody",
        spacer(() => first() * rowHeight),
        each(shown, (entry) => rowKey(entry.row), (entry) => rowElement(() => entry().row, parts, () => entry().index + 2)),
        spacer(() => Math.max(0, rows().length - first() - shown().length) * rowHeight),
      ),
    ),
  );
  return frame;
}
