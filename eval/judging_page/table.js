"use strict";
// Tables as spreadsheets open them: the rules of eval/cells.py and eval/judgment_files.py.

const BROKEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const FORMULA = /^'*[=+\-@＝＋－＠]/;
const GUARDED = /^'+[=+\-@＝＋－＠]/;
const DELIMITERS = ["\t", ",", ";"];

function textCell(text) {
  const cell = text.replace(BROKEN, " ").trim();
  return FORMULA.test(cell) ? "'" + cell : cell;
}

function readText(cell) {
  const text = cell.trim();
  return GUARDED.test(text) ? text.slice(1) : text;
}

// One text: rows of cells that are ready to be written.
function writeTable(rows) {
  const quoted = (cell) => (/["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  return "\ufeff" + rows.map((row) => row.map(quoted).join("\t") + "\n").join("");
}

// Rows as [line on which it begins, cells], from the bytes of a file in UTF-8 or UTF-16.
function readTable(bytes) {
  const [first, second] = new Uint8Array(bytes);
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le"
    : first === 0xfe && second === 0xff ? "utf-16be"
    : "utf-8";
  const text = decode(bytes, encoding);
  const header = text.split("\n", 1)[0];
  const count = (delimiter) => header.split(delimiter).length;
  const delimiter = DELIMITERS.reduce((best, one) => (count(one) > count(best) ? one : best));
  return parseRows(text, delimiter);
}

function decode(bytes, encoding) {
  try { return new TextDecoder(encoding, { fatal: true }).decode(bytes); }
  catch { throw new Error("It is not in UTF-8: save it as Unicode text or CSV UTF-8."); }
}

function parseRows(text, delimiter) {
  const rows = [];
  let row = [], cell = "", isQuoted = false, isClosed = false, line = 1, begun = 1;
  const endCell = () => { row.push(cell); cell = ""; isClosed = false; };
  const endRow = () => {
    endCell();
    if (row.some((one) => one.trim())) rows.push([begun, row]);
    row = [];
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\n") line++;
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') { cell += '"'; at++; }
      else { isQuoted = false; isClosed = true; }
    } else if (character === '"' && cell === "" && !isClosed) isQuoted = true;
    else if (character === delimiter) endCell();
    else if (character === "\n") { endRow(); begun = line; }
    else if (character !== "\r" || text[at + 1] !== "\n") cell += character;
  }
  if (isQuoted) throw new Error(`line ${begun}: a quotation mark opens a cell and none closes it`);
  if (cell || row.length) endRow();
  return rows;
}
