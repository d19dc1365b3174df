// Numbers and names as people read them.

const whole = new Intl.NumberFormat();

export const formatNumber = (value) => (value === null || value === undefined ? "–" : whole.format(value));

/** Octets: `1.4 GB`, powers of ten as network people count. */
export function formatBytes(octets) {
  if (octets === null || octets === undefined) return "–";
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = Number(octets);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export const formatMicroseconds = (value) =>
  value === null || value === undefined ? "" : value >= 10_000 ? `${(value / 1000).toFixed(0)} ms` : value >= 1000 ? `${(value / 1000).toFixed(1)} ms` : `${value} µs`;

/** The name of a person or, where there is none, of the account. */
export const personName = (user) => [user.first_name, user.last_name].filter(Boolean).join(" ");

/** `one user`, `3 users`. */
export const count = (number, one, many = `${one}s`) => `${formatNumber(number)} ${number === 1 ? one : many}`;

/** Whether a MAC address was made up by the device: phones change these from network to network. */
export const isRandomAddress = (address) => /^.[26ae]/i.test((address ?? "").replace(/[^0-9a-f]/gi, "")) && (address ?? "").replace(/[^0-9a-f]/gi, "").length === 12;

/** Text of letters and digits that are hard to confuse, of the browser's random numbers. */
export function randomText(length) {
  const letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  const limit = 256 - (256 % letters.length);
  let text = "";
  while (text.length < length) {
    for (const octet of crypto.getRandomValues(new Uint8Array(64))) {
      if (octet < limit && text.length < length) text += letters[octet % letters.length];
    }
  }
  return text;
}
