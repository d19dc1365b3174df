// Comma-separated values (RFC 4180): reading what people drop, writing what they keep.

/** Which of `,` `;` tab and `|` parts the columns of a text. */
export function delimiterOf(text) {
  const head = text.slice(0, 4096).split(/\r?\n/).slice(0, 5).join("\n").replace(/"[^"]*"/g, "");
  const counts = [",", ";", "\t", "|"].map((sign) => [sign, head.split(sign).length - 1]);
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

/**
 * Rows with the number of the line each begins in; empty lines are passed over.
 * @returns {{ line: number, cells: string[] }[]}
 */
export function parse(text, delimiter = delimiterOf(text)) {
  const rows = [];
  let cells = [];
  let cell = "";
  let isQuoted = false;
  let line = 1;
  let start = 1;
  const endRow = () => {
    cells.push(cell);
    if (cells.length > 1 || cells[0].trim() !== "") rows.push({ line: start, cells });
    [cells, cell] = [[], ""];
  };
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index];
    if (sign === "\n") line += 1;
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else isQuoted = false;
    } else if (sign === '"' && cell === "") isQuoted = true;
    else if (sign === delimiter) {
      cells.push(cell);
      cell = "";
    } else if (sign === "\n") {
      endRow();
      start = line;
    } else if (sign !== "\r") cell += sign;
  }
  if (cell !== "" || cells.length > 0) endRow();
  return rows;
}

function quoted(value) {
  const text = value === null || value === undefined ? "" : String(value);
  return /[",\n\r;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The text of rows. */
export function write(rows) {
  return rows.map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

/** As {@link write} for spreadsheets: what they would take for a formula is told to be text. */
export function writeForSpreadsheet(rows) {
  const safe = (value) => (typeof value === "string" && /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : value);
  return write(rows.map((row) => row.map(safe)));
}

/** The text of a file: UTF-8 and UTF-16 by their marks, else UTF-8 where it is that, else the encoding of older Windows programs. */
export async function readText(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** Gives the viewer a file. */
export function download(name, content, type = "text/csv;charset=utf-8") {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
