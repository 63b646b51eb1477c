"""Topics with the evidence for their figures: what came first, and what should have come."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.comparison import Change
from eval.page.views import signed
from eval.records import Beginning
from eval.report import number
from eval.runs import SHOWN, Judged, Result, Run, RunTopic
from eval.trec import best_first

PASSAGE = 420
"""Characters of a passage that are shown; a run's folder has all of it."""

SIDE_BY_SIDE = 5
"""Results of each run where two are compared."""

_EMPTY_LINES = re.compile(r"\n\s*\n")

FIGURES = ("nDCG@10", "RR@10", "R@10", "R@100", "AP")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownResult:
    """A result as the page shows it; `grade` is None where it is not relevant.

    `figures` explain its place: name and figure. `language` is "" where it is not known.
    """

    rank: int
    article_id: str
    language: str
    title: str
    text: str
    grade: int | None
    figures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A relevant article, and where each run has it: "rank 3", or "not in the first 100"."""

    article_id: str
    language: str
    title: str
    text: str
    grade: int
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The first results of one run."""

    name: str
    results: tuple[ShownResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTopic:
    """One topic, folded up to its question and `figure`; `columns` hold a run each."""

    id: str
    text: str
    language: str
    pair: str
    kind: str
    figure: str
    note: str
    figures: tuple[tuple[str, str], ...]
    wanted: tuple[Wanted, ...]
    columns: tuple[Column, ...]


class Evidence:
    """Shows topics of `runs`, the last of which is the one to decide on."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = runs
        self._topics = [{topic.id: topic for topic in run.topics} for run in runs]
        self._known = _known_articles(runs)

    def alone(self, topic: RunTopic) -> ShownTopic:
        """A topic of the last run, with all results that it kept."""
        run = self._runs[-1]
        column = Column(name=run.name, results=self._results(run, topic, most=SHOWN))
        return self._shown(
            topic,
            runs=[run],
            columns=(column,),
            figure=_figure("nDCG@10", topic.measures.get("nDCG@10")),
            note="; ".join([_first_relevant(topic, run), *self._in_the_base(topic)]),
        )

    def beside(self, change: Change, *, measure: str) -> ShownTopic:
        """A topic that two runs answer differently, with the first results of both."""
        columns = tuple(
            Column(
                name=run.name,
                results=self._results(run, topics[change.topic_id], most=SIDE_BY_SIDE),
            )
            for run, topics in zip(self._runs, self._topics, strict=True)
        )
        return self._shown(
            self._topics[-1][change.topic_id],
            runs=self._runs,
            columns=columns,
            figure=signed(change.difference),
            note=f"{measure} {number(change.base)} → {number(change.other)}",
        )

    def _in_the_base(self, topic: RunTopic) -> list[str]:
        """What a person asks of a failure first: whether it is new."""
        base = self._topics[0].get(topic.id) if len(self._runs) > 1 else None
        if base is None or "nDCG@10" not in base.measures:
            return []
        return [f"in the base nDCG@10 {number(base.measures['nDCG@10'])}"]

    def _shown(
        self,
        topic: RunTopic,
        *,
        runs: Sequence[Run],
        columns: tuple[Column, ...],
        figure: str,
        note: str,
    ) -> ShownTopic:
        return ShownTopic(
            id=topic.id,
            text=topic.text,
            language=known_language(topic.language),
            pair=topic.pair,
            kind=topic.kind,
            figure=figure,
            note=note,
            figures=tuple(
                (name, number(topic.measures[name])) for name in FIGURES if name in topic.measures
            ),
            wanted=tuple(self._wanted(topic, runs)),
            columns=columns,
        )

    def _results(self, run: Run, topic: RunTopic, *, most: int) -> tuple[ShownResult, ...]:
        grades = {judged.article_id: judged.grade for judged in topic.judged}
        kept = topic.results or self._from_ranking(run, topic)
        return tuple(
            ShownResult(
                rank=result.rank,
                article_id=result.article_id,
                language=known_language(result.language),
                title=result.title,
                text=beginning(result.text),
                grade=grades.get(result.article_id),
                figures=_explanation(result),
            )
            for result in kept[:most]
        )

    def _from_ranking(self, run: Run, topic: RunTopic) -> tuple[Result, ...]:
        """The first articles of a bare ranking, with what any run knows of them."""
        scores = run.ranking.get(topic.id, {})
        return tuple(
            Result(
                rank=rank,
                article_id=article,
                passage_id="",
                score=scores[article],
                language=known[0],
                title=known[1].title,
                text=known[1].text,
            )
            for rank, article in enumerate(best_first(scores)[:SHOWN], 1)
            for known in [self._known.get(article, ("und", Beginning(title="", text="")))]
        )

    def _wanted(self, topic: RunTopic, runs: Sequence[Run]) -> Iterable[Wanted]:
        for judged in topic.judged:
            yield Wanted(
                article_id=judged.article_id,
                language=known_language(judged.language),
                title=judged.title,
                text=beginning(judged.text),
                grade=judged.grade,
                places=tuple(
                    f"{run.name}: {place}" if len(runs) > 1 else place
                    for run in runs
                    for place in [_place(judged.article_id, run.ranking.get(topic.id, {}))]
                ),
            )


def beginning(text: str) -> str:
    r"""The first PASSAGE characters of a text, up to a blank if one is near, without empty lines.

    >>> beginning("a\n\nb")
    'a\nb'
    """
    text = _EMPTY_LINES.sub("\n", text)
    if len(text) <= PASSAGE:
        return text
    cut = text[:PASSAGE]
    blank = cut.rfind(" ")
    return f"{cut[:blank] if blank > PASSAGE * 0.8 else cut} …"


def known_language(language: str) -> str:
    """For `lang` in HTML, where "" says that a language is not known."""
    return "" if language == "und" else language


def _known_articles(runs: Iterable[Run]) -> Mapping[str, tuple[str, Beginning]]:
    """Language and beginning of every article of which a run kept a text."""
    found: dict[str, tuple[str, Beginning]] = {}
    for topic in (topic for run in runs for topic in run.topics):
        kept: tuple[Result | Judged, ...] = (*topic.results, *topic.judged)
        for one in kept:
            if one.title or one.text:
                found[one.article_id] = (one.language, Beginning(title=one.title, text=one.text))
    return found


def _explanation(result: Result) -> tuple[tuple[str, str], ...]:
    """What is known of why, by name; the parts of the score first, as what they add."""
    figures: list[tuple[str, object]] = [("score", result.score)]
    kept = dict(result.explanation)
    parts = kept.pop("contributions", None)
    if isinstance(parts, list):
        figures += [
            (f"of it {part.get('name')}", part.get("adds"))
            for part in parts
            if isinstance(part, dict)
        ]
    figures += kept.items()
    return tuple(
        (name.replace("_", " "), f"{value:.4g}" if isinstance(value, float) else str(value))
        for name, value in figures
        if value is not None
    )


def _first_relevant(topic: RunTopic, run: Run) -> str:
    scores = run.ranking.get(topic.id, {})
    relevant = {judged.article_id for judged in topic.judged}
    for rank, article in enumerate(best_first(scores), 1):
        if article in relevant:
            return f"first relevant at rank {rank}"
    return f"nothing relevant in {len(scores)} results"


def _place(article_id: str, scores: Mapping[str, float]) -> str:
    if article_id not in scores:
        return f"not among {len(scores)} results"
    return f"rank {best_first(scores).index(article_id) + 1}"


def _figure(name: str, value: float | None) -> str:
    return "" if value is None else f"{name} {number(value)}"
