// Judged tables: downloaded, and loaded again.

const DIGITS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"];
const ALLOWED = pool.grades.map((grade) => grade.value).join(", ");

function download() {
  const rows = pool.items.map((item, place) => {
    const question = pool.questions[item.question], mark = marks[place];
    const texts = [item.language, item.title, item.text].map(textCell);
    const given = [mark.grade === null ? "" : String(mark.grade), textCell(mark.note), textCell(judge)];
    return [question.cell, textCell(question.text), item.article, item.passage, ...texts, ...given, item.check];
  });
  const table = new Blob([writeTable([pool.columns, ...rows])], { type: "text/tab-separated-values" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(table);
  link.download = `judged-${judge.replace(/[^\p{L}\p{M}\p{N}]+/gu, "-")}.tsv`;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  isDownloaded = true;
  tell(`${link.download}: ${marks.filter((mark) => mark.grade !== null).length} of ${marks.length} judged.`);
  showProgress();
}

async function load(file) {
  try {
    const loaded = readMarks(readTable(await file.arrayBuffer()));
    const before = [...loaded.keys()].map((item) => [item, marks[item]]);
    for (const [item, mark] of loaded)
      marks[item] = { grade: mark.grade ?? marks[item].grade, note: mark.note || marks[item].note };
    if (before.length) undoable.push([at, before]);
    isDownloaded = false;
    keep();
    tell(`${file.name} is loaded: ${before.length} of its passages are judged or have a note.`);
    show();
  } catch (error) {
    tell(`${file.name}: nothing is loaded. ${error.message}`, { isWrong: true });
  }
}

// null for no grade, undefined for what is none.
function readGrade(text) {
  if (text === "") return null;
  return pool.grades.find(({ value }) => DIGITS.some((digits) => digits[value] === text))?.value;
}

// The marks of a table by item; throws if any line of it is not for this pool or this judge.
function readMarks([head, ...rows]) {
  const names = (head?.[1] ?? []).map((name) => name.trim().toLowerCase());
  for (const needed of ["topic", "article", "passage", "grade"])
    if (!names.includes(needed)) throw new Error(`Its first line does not name the column ${needed}.`);
  const key = (...cells) => JSON.stringify(cells.map(readText));
  const places = new Map(pool.items.map((item, place) =>
    [key(pool.questions[item.question].cell, item.article, item.passage), place]));
  const found = new Map();
  for (const [line, row] of rows) {
    const cell = (name) => row[names.indexOf(name)] ?? "";
    const item = places.get(key(cell("topic"), cell("article"), cell("passage")));
    const given = cell("grade").trim(), value = readGrade(given);
    const name = readText(cell("judge"));
    if (item === undefined) throw new Error(`Line ${line} is not in this pool.`);
    if (value === undefined) throw new Error(`Line ${line}: grade ${given}; ${ALLOWED} or nothing is allowed.`);
    if (name && name !== judge) throw new Error(`Line ${line}: judged by ${name}, not by ${judge}. Start with that name.`);
    const mark = { grade: value, note: readText(cell("note")) };
    if (found.has(item) && found.get(item).grade !== value) throw new Error(`Line ${line} grades a passage again.`);
    if (mark.grade !== null || mark.note) found.set(item, mark);
  }
  return found;
}
