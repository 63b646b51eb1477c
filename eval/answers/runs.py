"""Answer runs: what a system answered to every topic, checked, as files of a run's folder.

    answers.jsonl   one topic a line: question, gold, answer with its citations as they were checked
    answers.json    what made them: commit, model, index, settings, checksums, seeds, timings

They lie beside the ranking of `eval.runs` or by themselves, and are enough to measure again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import SourceUnreadable
from core.types import AnswerStatus
from eval.collection import GoldQuote
from eval.json_objects import read_lines, read_object, write_object
from eval.runs import ANSWERS_FILE, ANSWERS_MANIFEST_FILE, make_room


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedCitation:
    """A citation beside what the archive really holds.

    `resolves`: its article is stored and has its offsets; `is_exact`: what stands there is the
    quote, character by character, between its prefix and suffix; `holds_gold`: the quote holds an
    answer, as `eval.answers.checking.holds_answer` says.
    """

    number: int
    article_id: str
    language: str
    title: str
    quote: str
    start: int
    end: int
    resolves: bool
    is_exact: bool
    holds_gold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSentence:
    """A sentence of an answer; `citations` are the numbers it names, `support` the answerer's word.

    `is_supported`: the citations together support it, by our own test; `relevant` are those of
    its citations that it needs (`eval.answers.citation_support` defines both).
    """

    text: str
    citations: tuple[int, ...]
    support: str
    is_supported: bool
    relevant: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredTopic:
    """What came of one topic.

    `answerable`: whether the archive that was asked answers it; `is_withdrawn`: it would, but its
    articles were left out. `withheld` are the quotes that an abstention held back, where the
    system tells them. `own_language` is that of the words that are no quotes, "" without any.
    """

    id: str
    text: str
    language: str
    pair: str
    kind: str
    answerable: bool
    is_withdrawn: bool
    gold: tuple[GoldQuote, ...]
    status: AnswerStatus
    mode: str
    confidence: float
    answer: str
    own_language: str
    sentences: tuple[CheckedSentence, ...]
    citations: tuple[CheckedCitation, ...]
    withheld: tuple[CheckedCitation, ...]

    @property
    def abstained(self) -> bool:
        """Whether it says that the archive has nothing."""
        return self.status is AnswerStatus.ABSTAINED

    @property
    def is_right(self) -> bool:
        """Whether any quote, given or withheld, holds the gold: never where there is none."""
        return any(citation.holds_gold for citation in self.citations or self.withheld)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRun:
    """All topics of one system, and what made it."""

    name: str
    topics: tuple[AnsweredTopic, ...]
    manifest: Mapping[str, object]


def write_answers(run: AnswerRun, folder: Path) -> None:
    """Write `run` to `folder`, which is made; answers that lie there are replaced.

    Raises:
        SourceUnreadable: the folder holds something else, or cannot be written.
    """
    make_room(folder)
    lines = [json.dumps(asdict(topic), ensure_ascii=False) + "\n" for topic in run.topics]
    try:
        (folder / ANSWERS_FILE).write_text("".join(lines), encoding="utf-8")
        write_object({"name": run.name, **run.manifest}, folder / ANSWERS_MANIFEST_FILE)
    except OSError as error:
        raise SourceUnreadable(f"{folder} cannot be written: {error.strerror}") from error


def holds_answers(folder: Path) -> bool:
    """Whether `folder` is that of an answer run."""
    return (folder / ANSWERS_MANIFEST_FILE).is_file()


def read_answers(folder: Path) -> AnswerRun:
    """The answer run in `folder`.

    Raises:
        SourceUnreadable: it holds none, or one of its files is damaged; the message names which.
    """
    if not holds_answers(folder):
        raise SourceUnreadable(
            f"{folder} holds no answers: give a folder that `sanad eval answers --output` has "
            "written"
        )
    manifest = read_object(folder / ANSWERS_MANIFEST_FILE)
    name = str(manifest.pop("name", folder.name))
    place = folder / ANSWERS_FILE
    if not place.is_file():
        raise SourceUnreadable(f"{place} is missing from the answers")
    topics = tuple(_topic(place, record) for record in read_lines(place))
    return AnswerRun(name=name, topics=topics, manifest=manifest)


def _topic(path: Path, record: dict[str, Any]) -> AnsweredTopic:
    try:
        record["gold"] = tuple(GoldQuote(**one) for one in record["gold"])
        record["sentences"] = tuple(_sentence(one) for one in record["sentences"])
        for name in ("citations", "withheld"):
            record[name] = tuple(CheckedCitation(**one) for one in record[name])
        record["status"] = AnswerStatus(record["status"])
        return AnsweredTopic(**record)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceUnreadable(f"{path} is no list of answers: {error}") from error


def _sentence(record: dict[str, Any]) -> CheckedSentence:
    record["citations"], record["relevant"] = tuple(record["citations"]), tuple(record["relevant"])
    return CheckedSentence(**record)
