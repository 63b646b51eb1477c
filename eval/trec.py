"""TREC's formats: topics, qrels and runs.

See "Overview of TREC", appendix, and trec_eval's README (https://github.com/usnistgov/trec_eval):
a line of qrels is `topic iteration document grade`, a line of a run is
`topic Q0 document rank score name`, both parted by white space. Ids with white space or a percent
sign are percent-encoded in what we write and decoded in what we read, so that none is lost.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from core.errors import SourceUnreadable

Ranking = Mapping[str, Mapping[str, float]]
"""Score by document id, by topic id; more is better."""

_RUN_COLUMNS = 6
_QRELS_COLUMNS = 4


def write_ranking(ranking: Ranking, path: Path, *, name: str) -> None:
    """Write a run file: topics in order, documents best first, ties by id."""
    with path.open("w", encoding="utf-8") as lines:
        for topic, scores in ranking.items():
            for rank, document in enumerate(best_first(scores), 1):
                score = scores[document]
                lines.write(
                    f"{_field(topic)} Q0 {_field(document)} {rank} {score!r} {_field(name)}\n"
                )


def best_first(scores: Mapping[str, float]) -> list[str]:
    """Documents in order of rank, ties by id."""
    return sorted(scores, key=lambda document: (-scores[document], document))


def read_ranking(path: Path) -> dict[str, dict[str, float]]:
    """The scores of a run file.

    Raises:
        SourceUnreadable: a line is no line of a run; the message names it.
    """
    found: dict[str, dict[str, float]] = {}
    for number, (topic, _, document, _, score, _) in _lines(path, _RUN_COLUMNS):
        found.setdefault(topic, {})[document] = _number(score, path, number)
    return found


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Grade by document id, by topic id.

    Raises:
        SourceUnreadable: a line is no line of qrels; the message names it.
    """
    found: dict[str, dict[str, int]] = {}
    for number, (topic, _, document, grade) in _lines(path, _QRELS_COLUMNS):
        found.setdefault(topic, {})[document] = int(_number(grade, path, number))
    return found


def write_qrels(qrels: Mapping[str, Mapping[str, int]], path: Path) -> None:
    """Write a qrels file, in order of topic and document."""
    with path.open("w", encoding="utf-8") as lines:
        for topic, grades in sorted(qrels.items()):
            for document, grade in sorted(grades.items()):
                lines.write(f"{_field(topic)} 0 {_field(document)} {grade}\n")


def read_topics(path: Path) -> dict[str, str]:
    """Question by topic id: TREC's `<top>` blocks (number and title), or `id<tab>text` lines.

    Raises:
        SourceUnreadable: the file holds neither.
    """
    text = _text(path)
    found = dict(_blocks(text)) if "<top>" in text else dict(_pairs(path, text))
    if not found:
        raise SourceUnreadable(f"{path} holds no topic")
    return found


def read_topic_ids(path: Path) -> list[str]:
    """The ids of a topics file, or of a file that holds one id a line, in order.

    Raises:
        SourceUnreadable: the file cannot be read, or holds none.
    """
    text = _text(path)
    if "<top>" in text:
        found = [key for key, _ in _blocks(text)]
    else:
        found = [line.split("\t")[0].strip() for line in text.split("\n") if line.strip()]
    if not found:
        raise SourceUnreadable(f"{path} holds no topic: write one id a line")
    return found


_TOP = re.compile(r"<top>(.*?)</top>", re.DOTALL)
_NUMBER = re.compile(r"<num>(?:\s*Number:)?\s*([^<\s]+)")
_TITLE = re.compile(r"<title>(?:\s*Topic:)?\s*([^<]+)")


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    for block in _TOP.findall(text):
        number, title = _NUMBER.search(block), _TITLE.search(block)
        if number and title:
            yield number[1], " ".join(title[1].split())


def _pairs(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        topic, tab, question = line.partition("\t")
        if not (topic.strip() and tab and question.strip()):
            raise SourceUnreadable(f"{path}:{number} is no topic: write its id, a tab and its text")
        yield topic.strip(), question.strip()


def _lines(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(_text(path).split("\n"), 1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) != columns:
            raise SourceUnreadable(
                f"{path}:{number} has {len(fields)} columns; {columns} are needed"
            )
        yield number, [unquote(each) for each in fields]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceUnreadable(f"{path} cannot be read: {error}") from error


def _number(text: str, path: Path, line: int) -> float:
    try:
        return float(text)
    except ValueError:
        raise SourceUnreadable(f"{path}:{line} has {text!r} where a number belongs") from None


def _field(text: str) -> str:
    """`text` as one column."""
    if re.search(r"[\s%]", text) or not text:
        return quote(text, safe="/:@!$&'()*+,;=~-._")
    return text
