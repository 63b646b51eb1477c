// What a judge has given, kept in this browser and nowhere else.

const pool = JSON.parse(document.getElementById("pool").textContent);
const byId = (id) => document.getElementById(id);
const KEPT = `sanad-judge/${pool.id}`;

let judge = "";
let marks = [];            // of each item: {grade: null | number, note: string}
let at = 0;
let undoable = [];         // [place to go back to, [[item, mark before], ...]]
const memory = new Map();  // where the browser keeps nothing
let isKept = true;         // whether this browser keeps what is judged
let isDownloaded = true;   // whether the last download holds everything

function put(key, value) {
  memory.set(key, value);
  try { localStorage.setItem(key, value); } catch { isKept = false; }
}

function get(key) {
  try { return localStorage.getItem(key) ?? memory.get(key) ?? null; } catch { isKept = false; }
  return memory.get(key) ?? null;
}

function keep() {
  const given = marks.map((mark, item) => [item, mark.grade, mark.note]);
  const record = { at, marks: given.filter(([, grade, note]) => grade !== null || note) };
  put(`${KEPT}/${judge}`, JSON.stringify(record));
  put(KEPT, judge);
}

function recall() {
  const record = JSON.parse(get(`${KEPT}/${judge}`) ?? "null");
  marks = pool.items.map(() => ({ grade: null, note: "" }));
  for (const [item, grade, note] of record?.marks ?? []) marks[item] = { grade, note };
  at = record?.at ?? 0;
}

function change(item, mark, { next = item } = {}) {
  undoable.push([at, [[item, marks[item]]]]);
  marks[item] = mark;
  at = next;
  isDownloaded = false;
  keep();
}

function grade(value) {
  const last = pool.items.length - 1;
  change(at, { ...marks[at], grade: value }, { next: Math.min(at + 1, last) });
  tell(isComplete() ? "Everything is judged: download your table." : "");
  show();
}

function undo() {
  const before = undoable.pop();
  if (!before) return;
  const [place, changes] = before;
  for (const [item, mark] of changes) marks[item] = mark;
  at = place;
  isDownloaded = false;
  keep();
  tell("Undone.");
  show();
}

function go(item) {
  if (item < 0 || item >= pool.items.length) return;
  at = item;
  keep();
  tell("");
  show();
}

function goToOpen() {
  const open = (mark) => mark.grade === null;
  const later = marks.findIndex((mark, item) => item > at && open(mark));
  const found = later >= 0 ? later : marks.findIndex(open);
  if (found >= 0) go(found);
  else tell("Everything is judged: download your table.");
}

const isComplete = () => marks.every((mark) => mark.grade !== null);
