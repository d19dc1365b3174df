// Which column of a file is which field of a user.

/** Fields in the order in which the server wants them. */
export const targets = [
  ["username", "User name", /^(user.?name|login|account|user|benutzer(name)?|utente|usuario|identifiant)$/i],
  ["password", "Password", /^(pass(word)?|passwort|kennwort|contrase|mot.?de.?passe|secret|pin)/i],
  ["email", "E-mail address", /mail/i],
  ["first_name", "First name", /^(first.?name|given.?name|vorname|nome|nombre|pr.nom)$/i],
  ["last_name", "Last name", /^(last.?name|sur.?name|family.?name|nachname|cognome|apellidos?|nom)$/i],
];

const isMail = (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim());

/**
 * What the columns seem to be.
 * @returns `{ hasHeader, mapping }`, mapping from the field to the number of its column, or "" for none.
 */
export function guess(rows) {
  const first = rows[0]?.cells ?? [];
  const named = targets.map(([, , pattern]) => first.findIndex((cell) => pattern.test(cell.trim())));
  const hasHeader = named.filter((index) => index >= 0).length >= 2 || (first.length === 1 && named[0] === 0) || (named.some((index) => index >= 0) && !first.some(isMail));
  if (hasHeader) return { hasHeader, mapping: Object.fromEntries(targets.map(([name], index) => [name, named[index] >= 0 ? named[index] : ""])) };
  if (first.length >= 5) return { hasHeader, mapping: Object.fromEntries(targets.map(([name], index) => [name, index])) };
  const mail = first.findIndex(isMail);
  const rest = first.map((_, index) => index).filter((index) => index !== mail);
  return { hasHeader, mapping: { username: rest[0] ?? "", password: rest[1] ?? "", email: mail >= 0 ? mail : "", first_name: rest[2] ?? "", last_name: rest[3] ?? "" } };
}

/** The cells of a row in the server's order. */
export const mapped = (cells, mapping) => targets.map(([name]) => (mapping[name] === "" ? "" : (cells[mapping[name]] ?? "").trim()));
