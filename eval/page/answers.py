"""The answers' part of the page: from one or two answer runs to figures, plots and examples."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.answers.measures import PAIRED
from eval.answers.paired import as_run
from eval.answers.report import PARTS
from eval.answers.runs import AnswerRun
from eval.comparison import LEAST_TOPICS, Comparison, compare
from eval.comparison_report import unmatched_notes
from eval.gate import ANSWER_TOLERANCE, falls
from eval.groups import ALL, Group
from eval.page.answer_evidence import AnswerList, answer_lists
from eval.page.answer_plots import MeasuredAnswers, measure_answers, reliability_plot, risk_plot
from eval.page.measured import group_name
from eval.page.summary import Headline, cell, comparison_tables, difference_cell
from eval.page.views import Cell, GroupTables, Line, Plot, Table
from eval.page.wording import changed_files, explain_difference, explain_falls, uncommitted

MEANINGS = {
    "first_quote": "how often the first quote holds the answer, where the archive has one",
    "any_quote": "how often any quote does",
    "decision": "how often it answers what it should, and abstains where it should",
    "auroc": "how well its confidence tells what the archive answers from what it does not",
    "coverage_at_10": "share of questions that could be answered with 10 % of the answers wrong",
}

_AXES = {
    "pair": ("by language pair", "question → article"),
    "kind": ("by type of question", "type of question"),
    "language": ("by language of the question", "question → any"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersPart:
    """All that the template shows of answers; what compares is empty for a single run.

    `soundness` says whether quotes stand in their articles. `falls` is None for a single run.
    """

    topics: int
    unanswerable: int
    withdrawn: int
    soundness: list[str]
    is_sound: bool
    warnings: list[str]
    headlines: list[Headline]
    falls: list[str] | None
    tolerance: float
    comparisons: list[Table]
    groups: list[GroupTables]
    plots: list[Plot]
    lists: list[AnswerList]


def answers_part(answers: AnswerRun, *, base: AnswerRun | None, most: int) -> AnswersPart:
    """The part for `answers`, held against `base`; a list shows at most `most` topics in full.

    Raises:
        InputError: they share no topic, or a topic is answerable in one of them only.
    """
    measured = [measure_answers(answers, paint="run")]
    if base is not None:
        measured = [measure_answers(base, paint="base"), *measured]
    comparison = None
    if base is not None:
        comparison = compare(as_run(base), [as_run(answers)], measures=PAIRED)
    fallen = [] if comparison is None else falls(comparison.rows, tolerance=ANSWER_TOLERANCE)
    soundness = _unsound(answers)
    return AnswersPart(
        topics=len(answers.topics),
        unanswerable=sum(not topic.answerable for topic in answers.topics),
        withdrawn=sum(topic.is_withdrawn for topic in answers.topics),
        soundness=soundness or [_sound(answers)],
        is_sound=not soundness,
        warnings=_warnings([one.run for one in measured], comparison),
        headlines=_headlines(measured, comparison),
        falls=None if comparison is None else explain_falls(fallen),
        tolerance=ANSWER_TOLERANCE,
        comparisons=[] if comparison is None else comparison_tables(comparison, fallen),
        groups=[GroupTables(name=one.run.name, tables=_tables(one)) for one in measured],
        plots=[risk_plot(measured), reliability_plot(measured)],
        lists=answer_lists(answers.topics, most=most),
    )


def _sound(answers: AnswerRun) -> str:
    quotes = sum(len(topic.citations) for topic in answers.topics)
    return f"All {quotes:,} quotes stand in their articles, character by character."


def _unsound(answers: AnswerRun) -> list[str]:
    """What must never be, a line each."""
    return [
        f"topic {topic.id}: quote {one.number} "
        + ("is not what stands there" if one.resolves else "does not resolve")
        for topic in answers.topics
        for one in topic.citations
        if not (one.is_exact and one.resolves)
    ]


def _warnings(runs: Sequence[AnswerRun], comparison: Comparison | None) -> list[str]:
    found = []
    if comparison is not None:
        found += changed_files([run.manifest for run in runs])
        found += unmatched_notes(comparison.base, comparison.unmatched)
    return found + [line for run in runs for line in uncommitted(run.name, run.manifest)]


def _headlines(
    measured: Sequence[MeasuredAnswers], comparison: Comparison | None
) -> list[Headline]:
    return [
        _headline(name, measured, comparison)
        for name in MEANINGS
        if measured[-1].estimates[ALL][name].n
    ]


def _headline(
    name: str, measured: Sequence[MeasuredAnswers], comparison: Comparison | None
) -> Headline:
    value = cell(measured[-1].estimates[ALL][name])
    rows = () if comparison is None else comparison.rows
    row = next((row for row in rows if (row.measure, row.group) == (name, ALL)), None)
    if comparison is None or row is None:
        return Headline(measure=name, meaning=MEANINGS[name], value=value)
    return Headline(
        measure=name,
        meaning=MEANINGS[name],
        value=value,
        base=cell(measured[0].estimates[ALL][name]),
        difference=difference_cell(row),
        sentence=explain_difference(row, base=comparison.base),
    )


def _tables(one: MeasuredAnswers) -> list[Table]:
    """A table for each part and axis; kinds, languages and small groups on demand."""
    return [
        found
        for part, names in PARTS.items()
        for axis in _AXES
        for is_small in (False, True)
        if (found := _table(one, part, names, axis=axis, is_small=is_small)).lines
    ]


def _table(
    one: MeasuredAnswers, part: str, names: Sequence[str], *, axis: str, is_small: bool
) -> Table:
    title, corner = _AXES[axis]
    groups = [group for group in one.groups if _belongs(one, group, axis=axis, is_small=is_small)]
    groups.sort(key=lambda group: (group != ALL, -len(one.groups[group]), group.name))
    return Table(
        caption=f"{part} {title}" + (f", fewer than {LEAST_TOPICS} topics" if is_small else ""),
        corner=corner,
        columns=("topics", *(name.replace("_", " ") for name in names)),
        lines=tuple(
            Line(
                head=group_name(group),
                cells=(
                    Cell(text=str(len(one.groups[group]))),
                    *(cell(one.estimates[group][name]) for name in names),
                ),
            )
            for group in groups
        ),
        is_aside=is_small or axis != "pair",
    )


def _belongs(one: MeasuredAnswers, group: Group, *, axis: str, is_small: bool) -> bool:
    if group == ALL:
        return axis == "pair" and not is_small
    return group.axis == axis and (len(one.groups[group]) < LEAST_TOPICS) is is_small
