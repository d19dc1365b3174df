// What is shown while there is nothing to show.
import { h } from "../core/reactive.js";
import { icon } from "./icon.js";

/** A page or part that failed. */
export function failure(title, text, retry) {
  return h("section.state", { role: "alert" }, icon("warning"), h("h1", title), h("p", text), retry && h("button.button", { type: "button", onclick: retry }, "Try again"));
}

/** Nothing there yet, and how to change that. */
export function empty(title, text, action) {
  return h("div.state.empty", h("h2", title), [text].flat().map((each) => (typeof each === "string" ? h("p", each) : each)), action);
}

/** A line that stands in for what is being loaded. */
export const loading = (text = "Loading…") => h("p.loading", { role: "status" }, text);

/** The problem of a part of a page. */
export function problemNote(problem, retry) {
  const isAbsent = problem.status === 404 || problem.status === 426;
  return h(
    "div.note.bad",
    { role: "alert" },
    icon("warning"),
    h("span", isAbsent ? "This is not there, or this server does not offer it." : problem.message),
    retry && !isAbsent && h("button.button.small", { type: "button", onclick: retry }, "Try again"),
  );
}

/** As {@link loaded} for a whole page. */
export function loadedPage(source, render) {
  return () => {
    const data = source.data();
    const problem = source.problem();
    if (problem) return failure(problem.status === 404 ? "There is no such thing" : "It cannot be shown", problem.status === 404 ? "It was removed, or it is not yours to see." : problem.message, source.reload);
    return data === undefined ? loading() : render(data);
  };
}

/** What a {@link resource} holds: loading, its problem, or `render(data)`. */
export function loaded(source, render) {
  return () => {
    const data = source.data();
    if (source.problem()) return problemNote(source.problem(), source.reload);
    if (data === undefined) return loading();
    return render(data);
  };
}
