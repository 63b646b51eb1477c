// Showing a passage. All texts come from articles, which nobody here vouches for: they are set as
// text, never as HTML.

const RTL_LANGUAGES = new Set("ar arc ckb dv fa he ks ku pnb ps sd ug ur yi".split(" "));
const RTL_LETTER = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

function setText(element, text, language) {
  element.textContent = text;
  element.lang = language === "und" ? "" : language;
  element.dir = isRtl(text, language) ? "rtl" : "auto";
}

// "auto" takes the first letter's direction, which a foreign name at the start turns round.
function isRtl(text, language) {
  return RTL_LANGUAGES.has(language.split("-")[0]) && RTL_LETTER.test(text);
}

// A list of topics without questions is of their ids.
const asked = (question) => question.text || question.cell;

function show() {
  const item = pool.items[at], question = pool.questions[item.question];
  const siblings = pool.items.filter((one) => one.question === item.question).length;
  const order = at - pool.items.findIndex((one) => one.question === item.question) + 1;
  setText(byId("question"), asked(question), question.language);
  setText(byId("title"), item.title, item.language);
  byId("title").hidden = !item.title;
  byId("text").replaceChildren(...item.text.split(/[\r\n\u2028\u2029]+/).filter((part) => part.trim()).map((part) => {
    const paragraph = document.createElement("p");
    setText(paragraph, part, item.language);
    return paragraph;
  }));
  byId("where").textContent = `Question ${item.question + 1} of ${pool.questions.length}`;
  byId("place").textContent = `Passage ${order} of ${siblings}` + (item.language === "und" ? "" : ` · ${item.language}`);
  byId("note").value = marks[at].note;
  byId("jump").value = String(item.question);
  byId("jump").dir = isRtl(question.text, question.language) ? "rtl" : "ltr";
  for (const button of byId("grades").children)
    button.setAttribute("aria-pressed", String(Number(button.value) === marks[at].grade));
  byId("previous").disabled = at === 0;
  byId("next").disabled = at === pool.items.length - 1;
  byId("undo").disabled = undoable.length === 0;
  showProgress();
  window.scrollTo(0, 0);
}

function showProgress() {
  const done = marks.filter((mark) => mark.grade !== null).length;
  byId("bar").value = done;
  byId("done").textContent = `${done} of ${marks.length} judged`;
  byId("download").classList.toggle("due", done === marks.length && !isDownloaded);
  const open = pool.questions.map(() => 0);
  pool.items.forEach((item, place) => { if (marks[place].grade === null) open[item.question]++; });
  for (const option of byId("jump").options) {
    const left = open[option.value];
    option.textContent = (left ? isolated(`${left} open`) + " · " : "✓ ") + isolated(asked(pool.questions[option.value]));
  }
}

// So that the direction of a text does not move its neighbours.
const isolated = (text) => `\u2068${text}\u2069`;

function tell(message, { isWrong = false } = {}) {
  const loss = isKept ? "" : "This browser keeps nothing: download your table before you close the page.";
  byId("status").textContent = [message, loss].filter(Boolean).join("\n");
  byId("status").classList.toggle("wrong", isWrong || !isKept);
}
