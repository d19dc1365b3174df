// Vouchers on paper: laid out by the browser's printing.
import { each, h } from "../../core/reactive.js";
import { formatDay } from "../../core/time.js";
import { qr } from "../../widgets/qr.js";

/** Where a voucher is used: the login page, with the name filled in. */
export const voucherAddress = (slug, username) => `${location.origin}/login/${slug}/?username=${encodeURIComponent(username)}`;

/**
 * Cards of vouchers.
 * @param pairs `[user name, password]`.
 * @param layout "cards", "strips" or "list".
 */
export function voucherCards(pairs, { organization, batch, layout, hasCode }) {
  return h(
    "div.vouchers",
    { class: () => `layout-${layout()}` },
    each(() => pairs, ([username]) => username, (pair) =>
      h(
        "article.voucher",
        h("p.voucher-title", organization?.name ?? "WiFi"),
        h("dl", h("div", h("dt", "User name"), h("dd.mono", pair()[0])), h("div", h("dt", "Password"), h("dd.mono", pair()[1]))),
        batch.expiration_date && h("p.voucher-note", `good until ${formatDay(batch.expiration_date)}`),
        () => hasCode() && organization && h("div.voucher-code", qr(voucherAddress(organization.slug, pair()[0]), { label: `Login page for ${pair()[0]}`, size: 88 })),
      )),
  );
}
