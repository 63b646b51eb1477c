"""Runs: what a system gave for every topic, how good it was and what made it, as a folder.

    run.trec        the ranking in TREC's format: topic, Q0, article, rank, score, name
    topics.jsonl    one topic a line: question, measures, first results, judged articles
    manifest.json   what made it: commit, model, index, settings, checksums, seeds, timings
    fairness.json   fairness between languages, if it was measured; shape: `Fairness.as_dict`
    answers.*       answers to the same topics, if they were asked for: see eval/answers/runs.py

A folder is enough to compare, report and judge a run: neither index nor model is needed again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from core.errors import SourceUnreadable
from eval.json_objects import read_lines, read_object, write_object
from eval.trec import Ranking, read_ranking, write_ranking

RANKING_FILE = "run.trec"
TOPICS_FILE = "topics.jsonl"
MANIFEST_FILE = "manifest.json"
FAIRNESS_FILE = "fairness.json"
ANSWERS_FILE = "answers.jsonl"
ANSWERS_MANIFEST_FILE = "answers.json"

_OURS = {
    RANKING_FILE,
    TOPICS_FILE,
    MANIFEST_FILE,
    FAIRNESS_FILE,
    ANSWERS_FILE,
    ANSWERS_MANIFEST_FILE,
}

T = TypeVar("T")

SHOWN = 10
"""Results of a topic that are kept with their text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One of the first results of a topic, as a person reads it; ranks count from 1.

    `explanation` holds the JSON values of `retrieval.query.Explanation`.
    """

    rank: int
    article_id: str
    passage_id: str
    score: float
    language: str
    title: str
    text: str
    explanation: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An article that is relevant to a topic, with its grade (above 0) and its beginning."""

    article_id: str
    grade: int
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTopic:
    """One topic of a run.

    `pair` is its language pair ("en->ar", "en->none"); `kind` the type of its question, "" if the
    collection names none; `measures` is empty where nothing is relevant.
    """

    id: str
    text: str
    language: str
    pair: str
    kind: str
    answerable: bool
    measures: dict[str, float]
    results: tuple[Result, ...]
    judged: tuple[Judged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """All topics of one system, and the whole ranking of each: score by article id.

    `fairness` is None where it was not measured.
    """

    name: str
    topics: tuple[RunTopic, ...]
    ranking: Ranking
    manifest: Mapping[str, object]
    fairness: Mapping[str, object] | None = None


def write_run(run: Run, folder: Path) -> None:
    """Write `run` to `folder`, which is made; a run that lies there is replaced.

    Raises:
        SourceUnreadable: the folder holds something else, or cannot be written.
    """
    make_room(folder)
    try:
        write_ranking(run.ranking, folder / RANKING_FILE, name=run.name)
        with (folder / TOPICS_FILE).open("w", encoding="utf-8") as lines:
            for topic in run.topics:
                lines.write(json.dumps(asdict(topic), ensure_ascii=False) + "\n")
        write_object({"name": run.name, **run.manifest}, folder / MANIFEST_FILE)
        if run.fairness is None:
            (folder / FAIRNESS_FILE).unlink(missing_ok=True)
        else:
            write_object(run.fairness, folder / FAIRNESS_FILE)
    except OSError as error:
        raise SourceUnreadable(f"{folder} cannot be written: {error.strerror}") from error


def read_run(folder: Path) -> Run:
    """The run in `folder`.

    Raises:
        SourceUnreadable: it holds none, or one of its files is damaged; the message names which.
    """
    if not (folder / MANIFEST_FILE).is_file():
        raise SourceUnreadable(
            f"{folder} holds no run: give a folder that `sanad eval run --output` has written"
        )
    manifest = read_object(folder / MANIFEST_FILE)
    name = str(manifest.pop("name", folder.name))
    place = folder / TOPICS_FILE
    if not place.is_file():
        raise SourceUnreadable(f"{place} is missing from the run")
    topics = tuple(_topic(place, record) for record in read_lines(place))
    return Run(
        name=name,
        topics=topics,
        ranking=read_ranking(folder / RANKING_FILE),
        manifest=manifest,
        fairness=(
            read_object(folder / FAIRNESS_FILE) if (folder / FAIRNESS_FILE).is_file() else None
        ),
    )


def make_room(folder: Path) -> None:
    """Make `folder` if it is not there, and see that a run may be written to it.

    Raises:
        SourceUnreadable: it holds something else than a run, or cannot be made.
    """
    if folder.is_dir():
        foreign = sorted(path.name for path in folder.iterdir() if path.name not in _OURS)
        if foreign:
            raise SourceUnreadable(
                f"{folder} holds {foreign[0]}, which is no part of a run: give another folder"
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SourceUnreadable(f"{folder} cannot be made: {error.strerror}") from error


def _topic(path: Path, record: dict[str, Any]) -> RunTopic:
    try:
        results, judged = record.pop("results"), record.pop("judged")
        return RunTopic(**record, results=_each(Result, results), judged=_each(Judged, judged))
    except (KeyError, TypeError) as error:
        raise SourceUnreadable(f"{path} is no list of topics: {error}") from error


def _each(kind: type[T], records: Sequence[dict[str, Any]]) -> tuple[T, ...]:
    return tuple(kind(**record) for record in records)
