"""Plots of the confidence in answers: risk over coverage, and reliability."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.answers.calibration import Bin, reliability
from eval.answers.measures import Grouped, group_answers, right_or_wrong
from eval.answers.report import Estimates, estimate_run
from eval.answers.runs import AnsweredTopic, AnswerRun
from eval.answers.selective import risk_coverage
from eval.comparison import LEAST_TOPICS
from eval.groups import ALL, Group
from eval.page.answer_drawings import Dots, RiskCurve, reliability_drawing, risk_drawing
from eval.page.measured import group_name
from eval.page.summary import cell
from eval.page.views import Cell, Key, Line, Panel, Plot, Table, in_arrow
from eval.page.wording import more_pairs
from eval.report import number

MOST_PANELS = 6
MOST_RELIABILITY = 3

IN_USE = ("coverage", "wrong", "coverage_at_5", "coverage_at_10", "coverage_at_20", "aurc", "auroc")
"""Columns of the table below the curves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredAnswers:
    """Answers with their colour on the page, their groups, and estimates, computed once."""

    run: AnswerRun
    paint: str
    groups: Grouped
    estimates: Estimates


def measure_answers(run: AnswerRun, *, paint: str) -> MeasuredAnswers:
    """All measures over all groups, with intervals."""
    return MeasuredAnswers(
        run=run, paint=paint, groups=group_answers(run.topics), estimates=estimate_run(run)
    )


def risk_plot(runs: Sequence[MeasuredAnswers]) -> Plot:
    """How many answers are wrong at each coverage, and where the answerer stands."""
    groups = shown_groups(runs[-1])
    highest = max(
        (max(curve.risk, default=0) for group in groups for curve in _curves(runs, group)),
        default=1,
    )
    panels = [
        Panel(
            title=in_arrow(group_name(group)),
            svg=risk_drawing(
                _curves(runs, group),
                highest=min(1.0, max(0.2, highest * 1.05)),
                key=f"risk-{place}",
                text=_told(runs, group),
            ),
        )
        for place, group in enumerate(groups[:MOST_PANELS])
    ]
    return Plot(
        title="Wrong answers over coverage",
        reading="From left to right more questions are answered, the most confident first; the "
        "line says which share of the answers is then wrong: no quote holds the gold, or nothing "
        "in the archive answers. The dot is what is in use. Low and flat is good."
        + more_pairs(len(groups) - MOST_PANELS),
        panels=tuple(panels),
        keys=answer_keys(runs),
        table=_risk_table(runs, groups),
    )


def reliability_plot(runs: Sequence[MeasuredAnswers]) -> Plot:
    """Whether confidence is a probability."""
    groups = shown_groups(runs[-1])[:MOST_RELIABILITY]
    panels = [
        Panel(
            title=in_arrow(group_name(group)),
            svg=reliability_drawing(
                [_dots(one, group) for one in runs if group in one.groups],
                key=f"reliability-{place}",
                text=f"Share right over confidence for {in_arrow(group_name(group))}; the table "
                "below has the figures.",
            ),
        )
        for place, group in enumerate(groups)
    ]
    return Plot(
        title="Confidence against what came of it",
        reading="Each dot is a tenth of the scale: from left to right the mean confidence of its "
        "topics, upwards the share whose quotes, given or held back, hold the gold. On the dashed "
        "line confidence is a probability; below it, it promises too much. Large dots hold many "
        "topics.",
        panels=tuple(panels),
        keys=answer_keys(runs),
        table=_reliability_table(runs, groups),
    )


def answer_keys(runs: Sequence[MeasuredAnswers]) -> tuple[Key, ...]:
    """Which colour is which; none for a single system."""
    return tuple(Key(name=one.run.name, paint=one.paint) for one in runs) if len(runs) > 1 else ()


def shown_groups(one: MeasuredAnswers) -> list[Group]:
    """All, then pairs by size; languages of questions where pairs hold one class only."""
    axes = {group.axis for group in one.groups}
    axis = "language" if "language" in axes else "pair"
    members = [
        group
        for group, topics in one.groups.items()
        if group.axis == axis and len(topics) >= LEAST_TOPICS
    ]
    members.sort(key=lambda group: (-len(one.groups[group]), group.name))
    # A single pair is all that there is.
    return [ALL, *members] if len(members) > 1 or axis == "language" else [ALL]


def _curves(runs: Sequence[MeasuredAnswers], group: Group) -> list[RiskCurve]:
    return [
        _curve(one, one.groups[group], broad=one is not runs[-1])
        for one in runs
        if one.groups.get(group)
    ]


def _curve(one: MeasuredAnswers, topics: Sequence[AnsweredTopic], *, broad: bool) -> RiskCurve:
    coverage, risk = risk_coverage(right_or_wrong(topics))
    answered = [topic for topic in topics if not topic.abstained]
    wrong = sum(not topic.is_right for topic in answered)
    return RiskCurve(
        paint=one.paint,
        coverage=coverage.tolist(),
        risk=risk.tolist(),
        point=(len(answered) / len(topics), wrong / len(answered)) if answered else None,
        broad=broad,
    )


def _told(runs: Sequence[MeasuredAnswers], group: Group) -> str:
    parts = [
        f"{one.run.name}: {number(found['coverage'].mean)} answered, of these "
        f"{number(found['wrong'].mean)} wrong; {number(found['coverage_at_10'].mean)} at 10 % wrong"
        for one in runs
        if (found := one.estimates.get(group)) and found["wrong"].n
    ]
    told = "; ".join(parts) or "nothing answered"
    return f"Share of wrong answers over coverage for {in_arrow(group_name(group))}. {told}."


def _risk_table(runs: Sequence[MeasuredAnswers], groups: Sequence[Group]) -> Table:
    lines = [
        Line(
            head=_head(group, one, several=len(runs) > 1),
            cells=(
                Cell(text=str(len(one.groups[group]))),
                *(cell(one.estimates[group][name]) for name in IN_USE),
            ),
        )
        for group in groups
        for one in runs
        if group in one.groups
    ]
    return Table(
        caption="Coverage and wrong answers",
        corner="question → article",
        columns=("topics", *(name.replace("_", " ") for name in IN_USE)),
        lines=tuple(lines),
    )


def _reliability_table(runs: Sequence[MeasuredAnswers], groups: Sequence[Group]) -> Table:
    lines = [
        Line(
            head=f"{_head(group, one, several=len(runs) > 1)}, {_tenth(each)}",
            cells=(
                Cell(text=str(each.topics)),
                Cell(text=number(each.confidence)),
                Cell(text=number(each.right)),
            ),
        )
        for group in groups
        for one in runs
        for each in _bins(one, group)
    ]
    return Table(
        caption="Confidence and share right, by tenths",
        corner="question → article, confidence",
        columns=("topics", "mean confidence", "share right"),
        lines=tuple(lines),
    )


def _bins(one: MeasuredAnswers, group: Group) -> list[Bin]:
    return reliability(right_or_wrong(one.groups.get(group, [])))


def _dots(one: MeasuredAnswers, group: Group) -> Dots:
    bins = _bins(one, group)
    return Dots(
        paint=one.paint,
        confidence=[each.confidence for each in bins],
        right=[each.right for each in bins],
        topics=[each.topics for each in bins],
    )


def _head(group: Group, one: MeasuredAnswers, *, several: bool) -> str:
    name = in_arrow(group_name(group))
    return f"{name}, {one.run.name}" if several else name


def _tenth(each: Bin) -> str:
    return f"{each.low:.1f} to {each.high:.1f}"
