"""The page as a whole: from one or two systems to HTML."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import InputError
from eval.answers.paired import as_run
from eval.page.answers import AnswersPart, answers_part
from eval.page.facts import Fact, facts, whole_manifest
from eval.page.ranking import RankingPart, ranking_part
from eval.page.rendering import render
from eval.page.reported import Reported
from eval.runs import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A value by which topics can be filtered, and how many of the page have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What made a part of the page: the main lines, and each manifest whole."""

    title: str
    facts: list[Fact]
    manifests: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All that the template shows; `base` is "" for a single system."""

    title: str
    base: str
    run: str
    warnings: list[str]
    ranking: RankingPart | None
    answers: AnswersPart | None
    making: list[Making]
    pairs: list[Choice]
    kinds: list[Choice]


def build_page(decided: Reported, *, base: Reported | None, title: str, most: int) -> str:
    """One HTML document that needs no other file.

    Args:
        decided: To decide on.
        base: What it is held against, if anything, as far as both have a ranking or answers.
        title: Of the page; "" for one made of the names of the systems.
        most: Topics that a list shows in full.

    Raises:
        InputError: the two cannot be compared.
        SourceUnreadable: the fairness of a run is damaged.
    """
    ranking = _ranking(decided, base, most=most)
    answers = _answers(decided, base, most=most)
    if base is not None and ranking is None and answers is None:
        raise InputError(
            f"{base.name} and {decided.name} share neither a ranking nor answers: give two "
            "folders of `sanad eval run`, or of `sanad eval answers`"
        )
    systems = [decided] if base is None else [base, decided]
    shown = [
        (topic.pair, topic.kind)
        for part in (ranking, answers)
        if part is not None
        for each in part.lists
        for topic in each.topics
    ]
    page = Page(
        title=title or " against ".join(one.name for one in reversed(systems)),
        base="" if base is None else base.name,
        run=decided.name,
        warnings=_warnings(decided, base, ranking, answers),
        ranking=ranking,
        answers=answers,
        making=_making(systems, ranking=ranking is not None, answers=answers is not None),
        pairs=_choices(pair for pair, _ in shown),
        kinds=_choices(kind for _, kind in shown),
    )
    return render(page)


def _ranking(decided: Reported, base: Reported | None, *, most: int) -> RankingPart | None:
    """None where there is none to show, or none to hold it against."""
    if decided.run is None or (base is not None and base.run is None):
        return None
    return ranking_part(decided.run, base=None if base is None else base.run, most=most)


def _answers(decided: Reported, base: Reported | None, *, most: int) -> AnswersPart | None:
    if decided.answers is None or (base is not None and base.answers is None):
        return None
    return answers_part(decided.answers, base=None if base is None else base.answers, most=most)


def _warnings(
    decided: Reported,
    base: Reported | None,
    ranking: RankingPart | None,
    answers: AnswersPart | None,
) -> list[str]:
    found = [] if ranking is None else list(ranking.warnings)
    found += [] if answers is None else answers.warnings
    for one in [decided] if base is None else [base, decided]:
        if ranking is None and one.run is not None:
            found.append(f"{one.name} has a ranking that the other lacks: it is not shown")
        if answers is None and one.answers is not None:
            found.append(f"{one.name} has answers that the other lacks: they are not shown")
        if one.run is not None and one.answers is not None:
            commits = [each.manifest.get("commit") for each in (one.run, one.answers)]
            if commits[0] != commits[1]:
                found.append(
                    f"the ranking of {one.name} was measured at commit {commits[0]}, its answers "
                    f"at {commits[1]}"
                )
    return found


def _making(systems: list[Reported], *, ranking: bool, answers: bool) -> list[Making]:
    parts = []
    if ranking:
        runs = [one.run for one in systems if one.run is not None]
        parts.append(_made("of the ranking" if answers else "", runs))
    if answers:
        runs = [as_run(one.answers) for one in systems if one.answers is not None]
        parts.append(_made("of the answers" if ranking else "", runs))
    return parts


def _made(title: str, runs: list[Run]) -> Making:
    return Making(
        title=title,
        facts=facts(runs),
        manifests=[(one.name, whole_manifest(one)) for one in runs if one.manifest],
    )


def _choices(values: Iterable[str]) -> list[Choice]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return [
        Choice(value=value, count=counts[value])
        for value in sorted(counts, key=lambda value: (-counts[value], value))
        if value
    ]
