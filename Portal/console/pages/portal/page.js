// The login pages of an organization: address, what they offer, and how devices find them.
import { organization } from "../../core/preferences.js";
import { h } from "../../core/reactive.js";
import { parameter, setParameters, to } from "../../core/router.js";
import { managedOrganizations, organizations } from "../../shell/organizations.js";
import { settings } from "../organizations/settings.js";
import { codeBlock, copyButton, facts, linkButton, pageHead, tabs } from "../../widgets/parts.js";
import { qr } from "../../widgets/qr.js";
import { empty } from "../../widgets/states.js";
import { dhcpLines } from "./dhcp.js";

export default function portal() {
  const chosen = () => organizations().find((each) => each.id === (parameter("organization") || organization())) ?? managedOrganizations()[0] ?? organizations()[0];
  return h(
    "div",
    pageHead("Login pages", { note: "What guests see before they are online." }),
    () => {
      const one = chosen();
      if (!one) return empty("No organization", "Each organization has its own login pages. Add one first.", linkButton("Organizations", to("/organizations")));
      const address = `${location.origin}/login/${one.slug}/`;
      const api = `${location.origin}/api/captive-portal/${one.slug}/`;
      return [
        organizations().length > 1 && h("form.filters", h("label.filter", h("span", "Organization"), h("select", { value: one.id, onchange: (event) => setParameters({ organization: event.target.value }) }, organizations().map((each) => h("option", { value: each.id }, each.name))))),
        h(
          "section.block.portal-address",
          h("div", h("h2", "Address"), facts([
            ["Login page", h("span.mono", address, copyButton(address, "Copy the address of the login page"))],
            ["RFC 8908", h("span.mono", api, copyButton(api, "Copy the address of the captive-portal API"))],
          ]), h("p.links", h("a.button", { href: address, target: "_blank", rel: "noopener" }, "Open the login page")), location.protocol !== "https:" && h("p.note.warn", "Devices take the captive-portal API over HTTPS only.")),
          qr(address, { label: "The login page as a QR code", size: 132 }),
        ),
        tabs([
          { name: "settings", label: "What they offer", make: () => settings(one, (setting) => !setting.area || setting.area === "portal") },
          { name: "dhcp", label: "How devices find them", make: () => h("div", h("p.quiet", "DHCP option 114 (RFC 8910) tells devices where to ask whether they are online. They then show the login page without guessing."), dhcpLines(api).map(([title, text]) => codeBlock(text, title))) },
        ]),
      ];
    },
  );
}
