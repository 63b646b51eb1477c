/**
 * The demo site's own script: shows the sentence that a link names, and passes questions on.
 *
 * A link names a sentence by its offsets, #sanad=START-END, in code points of the article's body.
 * Each paragraph knows where it begins; what a link says is only ever taken as two numbers.
 */

const PLACE = /^#sanad=(\d{1,9})-(\d{1,9})(?:$|:~:)/;

/** Where in UTF-16 units the code point `count` of `text` is. */
function unitsBefore(text, count) {
  let units = 0;
  for (let left = count; left > 0 && units < text.length; left -= 1) {
    units += text.codePointAt(units) > 0xffff ? 2 : 1;
  }
  return units;
}

/** Marks what of `paragraph` lies between `start` and `end`, and gives the mark. */
function markIn(paragraph, start, end) {
  const begin = Number(paragraph.dataset.start);
  const node = paragraph.firstChild;
  if (!node) return null;
  const from = unitsBefore(node.data, start - begin);
  const to = unitsBefore(node.data, end - begin);
  if (from >= to) return null;
  const range = document.createRange();
  range.setStart(node, from);
  range.setEnd(node, to);
  const mark = document.createElement("mark");
  mark.className = "cited";
  range.surroundContents(mark);
  return mark;
}

function unmark() {
  for (const mark of document.querySelectorAll("mark.cited")) {
    const paragraph = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    paragraph.normalize();
  }
}

function showCited() {
  unmark();
  const [, start, end] = (PLACE.exec(location.hash) ?? []).map(Number);
  if (!(start < end)) return;
  const marks = [...document.querySelectorAll(".body > p")]
    .map((one) => markIn(one, start, end))
    .filter(Boolean);
  if (marks.length === 0) return;
  const [first] = marks;
  first.tabIndex = -1;
  first.scrollIntoView({ block: "center" });
  // Reading by keyboard or screen reader goes on from the sentence.
  first.focus({ preventScroll: true });
}

function passQuestionsOn() {
  const form = document.querySelector("form.ask");
  const chat = document.querySelector("sanad-chat");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = form.elements.namedItem("q");
    chat.open();
    chat.ask(field.value);
    field.value = "";
  });
}

addEventListener("hashchange", showCited);
await document.fonts?.ready;
showCited();
passQuestionsOn();
