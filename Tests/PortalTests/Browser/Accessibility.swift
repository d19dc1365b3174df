import Foundation

/// Looks for what keeps people out, in the page as it is shown.
enum Accessibility {
    /// Serious findings by the rules of WCAG 2.2 A and AA: by axe-core where it is installed, and always by checks of our own.
    static func findings(_ page: BrowserPage) throws -> [String] {
        var found = try page.evaluate("(\(ownChecks))(\(page.look.width))") as? [String] ?? []
        if let rules = try? String(contentsOf: Project.accessibilityRules, encoding: .utf8) {
            _ = try page.evaluate(rules + "\n;0")
            let script = """
                axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"] }).then((result) =>
                    result.violations.filter((each) => ["serious", "critical"].includes(each.impact)).flatMap((each) =>
                        each.nodes.slice(0, 4).map((node) => `${each.id}: ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 240)}`)))
                """
            found += try page.evaluate(script) as? [String] ?? []
        }
        return found
    }

    /// Names of controls, headings, language, sizes of targets, width: independent of any library.
    private static let ownChecks = """
        (width) => {
          const found = [];
          const isShown = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0;
          const say = (what, e) => found.push(`${what}: ${e.outerHTML.slice(0, 160)}`);
          if (!document.documentElement.lang) found.push("the page has no language");
          if (!document.title) found.push("the page has no title");
          if (document.querySelectorAll("h1").length !== 1) found.push(`${document.querySelectorAll("h1").length} headings of the first level`);
          if (document.querySelectorAll("main").length !== 1) found.push("not one main part");
          const ids = new Set();
          for (const e of document.querySelectorAll("[id]")) ids.has(e.id) ? say("id twice", e) : ids.add(e.id);
          const nameOf = (e) => e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("")
            || [...(e.labels ?? [])].map((l) => l.textContent).join("") || (/^(INPUT|SELECT|TEXTAREA)$/.test(e.tagName) ? "" : e.textContent) || e.title;
          for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, [role=tab], dialog[open]")) if (isShown(e) && !nameOf(e).trim()) say("no name", e);
          if (matchMedia("(pointer: coarse)").matches) {
            for (const e of document.querySelectorAll("button, select, input:not([type=hidden])")) {
              const target = e.closest("label") ?? e;
              const box = target.getBoundingClientRect();
              if (isShown(e) && !e.closest(".hidden, table, p, dd, .with-button") && !e.matches(".hidden, .link") && Math.min(box.width, box.height) < 36) say(`target of ${Math.round(box.width)} by ${Math.round(box.height)}`, e);
            }
          }
          // A phone zooms out to show what is too wide, so that its window is no measure.
          if (document.documentElement.scrollWidth > width + 1) found.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${width}`);
          return found;
        }
        """
}
