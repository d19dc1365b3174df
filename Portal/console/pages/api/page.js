// The API: every route, found by a word.
import { api, resource } from "../../core/api.js";
import { computed, h, signal } from "../../core/reactive.js";
import { badge, codeBlock, pageHead } from "../../widgets/parts.js";
import { loaded } from "../../widgets/states.js";

const methods = ["get", "post", "put", "patch", "delete"];

export default function routes() {
  const source = resource((abort) => api.get("/api/v1/docs.json", { abort }));
  const word = signal("");
  return h(
    "div.api",
    pageHead("API", { note: "All that this console does goes through these routes.", actions: [h("a.button", { href: "/api/v1/docs/" }, "Try it"), h("a.button", { href: "/api/v1/docs.json", download: "radian-openapi.json" }, "OpenAPI")] }),
    codeBlock(`curl -s ${location.origin}/api/v1/users/token/ -d username=NAME -d password=PASSWORD\ncurl -s ${location.origin}/api/v1/radius/sessions/ -H 'Authorization: Bearer TOKEN'`, "A first request"),
    h("form.filters", { role: "search", onsubmit: (event) => event.preventDefault() }, h("label.filter.wide", h("span", "Find"), h("input", { type: "search", placeholder: "batch, session, POST …", oninput: (event) => word.set(event.target.value.toLowerCase()) }))),
    loaded(source, (document) => {
      const all = Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
        methods.filter((method) => operations[method]).map((method) => ({ path, method, summary: operations[method].summary ?? "", tag: operations[method].tags?.[0] ?? "Other" })));
      const shown = computed(() => all.filter((route) => `${route.method} ${route.path} ${route.summary} ${route.tag}`.toLowerCase().includes(word())));
      return () => {
        const sections = Map.groupBy(shown(), (route) => route.tag);
        if (sections.size === 0) return h("p.quiet", "No route has this word.");
        return [...sections].map(([tag, list]) => h("section.block", h("h2", tag), h("ul.routes", { role: "list" }, list.map((route) => h("li", badge(route.method, route.method.toUpperCase()), h("code.mono", route.path), h("span.quiet", route.summary))))));
      };
    }),
  );
}
