// Keys, buttons, and the start.

const KEYS = {
  ArrowRight: () => go(at + 1), n: () => go(at + 1), ArrowLeft: () => go(at - 1), p: () => go(at - 1),
  u: undo, g: goToOpen, e: () => byId("note").focus(),
};

function press(event) {
  if (byId("judging").hidden || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target === byId("note") && event.key === "Escape") { event.target.blur(); return; }
  if (event.target.matches("textarea, select, input")) return;
  // Keyboards for other scripts have the same places: Digit2 types ٢, KeyN types ى.
  const typed = event.key.length === 1 ? event.code : "";
  const place = typed.match(/^(?:Digit|Numpad|Key)(.)$/)?.[1].toLowerCase();
  const name = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.key in KEYS ? event.key : place;
  const value = pool.grades.find((one) => String(one.value) === event.key || String(one.value) === name);
  if (!value && !Object.hasOwn(KEYS, name ?? "")) return;
  event.preventDefault();
  if (value) { if (!event.repeat) grade(value.value); }
  else KEYS[name]();
}

function begin(name) {
  judge = name;
  recall();
  undoable = [];
  keep();
  byId("judge").textContent = judge;
  byId("welcome").hidden = true;
  byId("judging").hidden = false;
  const done = marks.filter((mark) => mark.grade !== null).length;
  tell(done ? "Your grades are as you left them." : "");
  show();
}

function welcome() {
  byId("judging").hidden = true;
  byId("welcome").hidden = false;
  byId("name").value = judge || (get(KEPT) ?? "");
  if (!isKept) byId("kept").textContent = "This browser keeps nothing for this page: download your table before you close it.";
  byId("name").focus();
}

function gradeButton({ value, label, meaning }) {
  const made = document.createElement("button"), digit = document.createElement("b");
  made.value = String(value);
  made.title = meaning;
  digit.textContent = String(value);
  made.append(digit, label);
  made.addEventListener("click", () => grade(value));
  return made;
}

function explanation({ value, label, meaning }) {
  const term = document.createElement("dt"), told = document.createElement("dd");
  term.textContent = `${value} ${label}`;
  told.textContent = meaning;
  return [term, told];
}

function connect() {
  const clicks = {
    previous: () => go(at - 1), next: () => go(at + 1), undo, open: goToOpen,
    download, load: () => byId("file").click(), change: welcome,
  };
  for (const [id, action] of Object.entries(clicks)) byId(id).addEventListener("click", action);
  byId("file").addEventListener("change", async ({ target }) => {
    if (target.files.length) await load(target.files[0]);
    target.value = "";
  });
  byId("jump").addEventListener("change", ({ target }) => {
    target.blur();
    go(pool.items.findIndex((item) => item.question === Number(target.value)));
  });
  // Kept with every letter; undone as a whole.
  let before = null;
  byId("note").addEventListener("focus", () => { before = marks[at]; });
  byId("note").addEventListener("input", ({ target }) => {
    marks[at] = { ...marks[at], note: target.value };
    isDownloaded = false;
    keep();
  });
  byId("note").addEventListener("change", () => {
    undoable.push([at, [[at, before]]]);
    byId("undo").disabled = false;
  });
  byId("start").addEventListener("submit", (event) => {
    event.preventDefault();
    const name = byId("name").value.replace(BROKEN, " ").trim();
    if (name) begin(name);
  });
  document.addEventListener("keydown", press);
  window.addEventListener("storage", ({ key }) => {
    if (!judge || key !== `${KEPT}/${judge}`) return;
    const place = at;
    recall();
    at = place;
    undoable = [];
    tell("Judged in another window as well: both show the same.");
    show();
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isKept && !isDownloaded) event.preventDefault();
  });
}

function start() {
  byId("size").textContent = `${pool.items.length} passages for ${pool.questions.length} questions.`;
  byId("bar").max = pool.items.length;
  byId("grades").replaceChildren(...pool.grades.map(gradeButton));
  document.querySelector(".grades-explained").replaceChildren(...pool.grades.flatMap(explanation));
  byId("jump").replaceChildren(...pool.questions.map((question, place) => {
    const option = document.createElement("option");
    option.value = String(place);
    return option;
  }));
  connect();
  welcome();
}

start();
