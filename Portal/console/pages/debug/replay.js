// A rehearsal: the same login with a typed password; nothing is logged, counted or reserved.
import { api } from "../../core/api.js";
import { h, signal } from "../../core/reactive.js";
import { managedOrganizations, organizationQuery } from "../../shell/organizations.js";
import { form } from "../../widgets/form.js";
import { decisionView } from "./decision.js";

/** @param start what is known of the login: username, calling_station_id, called_station_id, nas. */
export function replay(start) {
  const decision = signal(null);
  const known = start.organization ?? organizationQuery().organization ?? "";
  return h(
    "div.replay",
    h("p.quiet", "The server decides as it would for a device, and does nothing else: no session, no entry in the log, no device told."),
    form(
      [
        { name: "username", label: "User name", required: true, value: start.username ?? "", attributes: { autocapitalize: "none" } },
        { name: "password", label: "Password as the user types it", type: "password", required: true },
        { name: "calling_station_id", label: "MAC address of the user's device", value: start.calling_station_id ?? "" },
        { name: "called_station_id", label: "Access point", value: start.called_station_id ?? "" },
        {
          name: "organization", label: "Organization", type: "select", value: known, options: () => [["", "that of the name"], ...managedOrganizations().map((each) => [each.id, each.name])],
          isShown: () => !start.nas && managedOrganizations().length > 1,
        },
      ],
      {
        action: "Replay",
        className: "columns",
        submit: async (values) => {
          const nas = start.nas && typeof start.nas === "object" ? start.nas.id : start.nas;
          // A device says itself whose it is.
          const filled = Object.fromEntries(Object.entries({ ...values, nas }).filter(([, value]) => value));
          decision.set(await api.post("radius/replay/", filled));
        },
      },
    ),
    h("div", { "aria-live": "polite" }, () => decision() && decisionView(decision())),
  );
}
