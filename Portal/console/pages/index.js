// All pages: the menu, the keys and the addresses come from this list. A page of a feature lies in the folder named after it.
import { may, user } from "../core/session.js";

const view = (model) => () => may("view", model);

/**
 * `path` is its address, `section` its place in the menu (none: reached by links only), `key` the letter after `g`, `isFor` who gets it,
 * `words` what else the search finds it by. A module's default export makes the page from the values in its address.
 */
export const pages = [
  { path: "/", title: "Overview", section: "Now", icon: "overview", key: "o", isFor: view("radiusaccounting"), words: "dashboard start home", load: () => import("./overview/page.js") },
  { path: "/sessions", title: "Live sessions", section: "Now", icon: "sessions", key: "s", isFor: view("radiusaccounting"), words: "accounting online disconnect coa", load: () => import("./sessions/page.js") },
  { path: "/sessions/:id", title: "Session", isFor: view("radiusaccounting"), load: () => import("./sessions/detail.js") },
  { path: "/authentications", title: "Authentications", section: "Now", icon: "authentications", key: "a", isFor: view("radiuspostauth"), words: "logins rejects log", load: () => import("./authentications/page.js") },
  { path: "/debug", title: "Debug a login", section: "Now", icon: "debug", key: "d", isFor: view("radiuspostauth"), words: "trace replay why", load: () => import("./debug/page.js") },
  { path: "/debug/:id", title: "Debug a login", isFor: view("radiuspostauth"), load: () => import("./debug/page.js") },

  { path: "/users", title: "Users", section: "People", icon: "users", key: "u", isFor: view("user"), words: "accounts guests", load: () => import("./users/page.js") },
  { path: "/users/new", title: "New user", isFor: () => may("add", "user"), load: () => import("./users/new.js") },
  { path: "/users/:id", title: "User", isFor: view("user"), load: () => import("./users/detail.js") },
  { path: "/organizations", title: "Organizations", section: "People", icon: "organizations", key: "z", isFor: view("organization"), words: "tenants sites", load: () => import("./organizations/page.js") },
  { path: "/organizations/:id", title: "Organization", isFor: view("organization"), load: () => import("./organizations/detail.js") },
  { path: "/groups", title: "Groups", section: "People", icon: "groups", key: "p", isFor: view("radiusgroup"), words: "radius policy quotas limits", load: () => import("./groups/page.js") },
  { path: "/vouchers", title: "Vouchers", section: "People", icon: "vouchers", key: "v", isFor: view("radiusbatch"), words: "batches prefix print codes", load: () => import("./vouchers/page.js") },
  { path: "/vouchers/desk", title: "Reception", section: "People", icon: "print", key: "r", isFor: () => may("add", "radiusbatch"), words: "desk receptionist voucher", load: () => import("./vouchers/desk.js") },
  { path: "/vouchers/:id", title: "Voucher batch", isFor: view("radiusbatch"), load: () => import("./vouchers/detail.js") },
  { path: "/import", title: "Import", section: "People", icon: "import", key: "i", isFor: () => may("add", "radiusbatch"), words: "csv upload batches", load: () => import("./import/page.js") },
  { path: "/import/:id", title: "Import", isFor: view("radiusbatch"), load: () => import("./import/batch.js") },

  { path: "/nas", title: "NAS devices", section: "Network", icon: "nas", key: "n", isFor: view("nas"), words: "access points routers clients secrets", load: () => import("./nas/page.js") },
  { path: "/nas/new", title: "New NAS device", isFor: () => may("add", "nas"), load: () => import("./nas/new.js") },
  { path: "/nas/:id", title: "NAS device", isFor: view("nas"), load: () => import("./nas/detail.js") },
  { path: "/topology", title: "Topologies", section: "Network", icon: "topology", key: "t", isFor: view("topology"), words: "mesh graph map links vpn wireguard olsr batman", load: () => import("./topology/page.js") },
  { path: "/topology/new", title: "New topology", isFor: () => may("add", "topology"), load: () => import("./topology/new.js") },
  { path: "/topology/:id", title: "Topology", isFor: view("topology"), load: () => import("./topology/detail.js") },
  { path: "/portal", title: "Login pages", section: "Network", icon: "portal", key: "l", isFor: view("organization"), words: "captive portal branding rfc 8908 dhcp 114", load: () => import("./portal/page.js") },

  { path: "/roles", title: "Roles", section: "System", icon: "roles", isFor: view("group"), words: "permissions groups", load: () => import("./roles/page.js") },
  { path: "/audit", title: "Audit", section: "System", icon: "audit", key: "h", isFor: () => user().is_superuser || may("view", "auditentry"), words: "changes history who", load: () => import("./audit/page.js") },
  { path: "/api", title: "API", section: "System", icon: "api", isFor: () => true, words: "rest openapi routes", load: () => import("./api/page.js") },
  { path: "/account", title: "My account", section: "System", icon: "account", key: "m", isFor: () => true, words: "password sessions second factor totp language", load: () => import("./account/page.js") },
];
