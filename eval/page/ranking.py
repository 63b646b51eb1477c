"""The ranking's part of the page: from one or two runs to figures, plots and lists of topics."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import InputError
from eval.comparison import Change, Comparison, compare
from eval.fairness_record import read_fairness
from eval.gate import falls
from eval.page.difference_plots import difference_plot, topic_plot
from eval.page.evidence import Evidence
from eval.page.fairness_plots import fairness_plots
from eval.page.measured import HEADLINES, Measured, known_by, measure_run
from eval.page.quality_plots import bar_plot, curve_plot
from eval.page.selection import TopicList, failed_topics, in_turn, weak_topics
from eval.page.summary import Headline, comparison_tables, group_tables, headlines
from eval.page.views import GroupTables, Plot, Table
from eval.page.wording import explain_falls, warnings
from eval.runs import Run

CHANGED = "nDCG@10"
"""Measure by which topics count as won and lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingPart:
    """All that the template shows of rankings; what compares is empty for a single run.

    `falls` is None for a single run, empty if nothing fell. `fairness_of` names the one run that
    measured fairness, where the other did not.
    """

    topics: int
    unanswerable: int
    warnings: list[str]
    headlines: list[Headline]
    falls: list[str] | None
    comparisons: list[Table]
    groups: list[GroupTables]
    plots: list[Plot]
    fairness: list[Plot]
    fairness_of: str
    lists: list[TopicList]


def ranking_part(run: Run, *, base: Run | None, most: int) -> RankingPart:
    """The part for `run`, held against `base`; a list shows at most `most` topics in full.

    Raises:
        InputError: the runs cannot be compared.
        SourceUnreadable: the fairness of a run is damaged.
    """
    measured = _measured(run, base)
    runs = [one.run for one in measured]
    comparison = None if base is None else _compare(measured)
    fallen = [] if comparison is None else falls(comparison.rows)
    fair = [one.name for one in runs if one.fairness is not None]
    return RankingPart(
        topics=measured[-1].topics,
        unanswerable=len(run.topics) - measured[-1].topics,
        warnings=warnings(measured, comparison),
        headlines=headlines(measured, comparison),
        falls=None if comparison is None else explain_falls(fallen),
        comparisons=[] if comparison is None else comparison_tables(comparison, fallen),
        groups=_groups(measured),
        plots=_plots(measured, comparison),
        fairness=_fairness_plots(measured),
        fairness_of=" ".join(fair) if len(fair) < len(runs) else "",
        lists=_topic_lists(runs, comparison, most=most),
    )


def _measured(run: Run, base: Run | None) -> list[Measured]:
    """The base first, and the run to decide on last."""
    if base is None:
        return [measure_run(run, paint="run")]
    return [
        measure_run(known_by(base, run), paint="base"),
        measure_run(known_by(run, base), paint="run"),
    ]


def _compare(measured: Sequence[Measured]) -> Comparison:
    base, run = measured
    names = [name for name in HEADLINES if name in base.names and name in run.names]
    if not names:
        unmeasured = [one.run.name for one in measured if not one.names] or ["a run"]
        raise InputError(
            f"{unmeasured[0]} holds none of {', '.join(HEADLINES)}: give judgments by --qrels, or "
            "report each run by itself"
        )
    return compare(base.run, [run.run], measures=names)


def _groups(measured: Sequence[Measured]) -> list[GroupTables]:
    every = [GroupTables(name=one.run.name, tables=group_tables(one)) for one in measured]
    return [one for one in every if one.tables]


def _plots(measured: Sequence[Measured], comparison: Comparison | None) -> list[Plot]:
    compared = [] if comparison is None else [difference_plot(comparison), topic_plot(comparison)]
    each = [bar_plot(measured), curve_plot(measured)]
    return [*compared, *(plot for plot in each if plot is not None)]


def _fairness_plots(measured: Sequence[Measured]) -> list[Plot]:
    found = [
        (one, read_fairness(one.run.fairness, run=one.run.name))
        for one in measured
        if one.run.fairness is not None
    ]
    return fairness_plots(found)


def _topic_lists(
    runs: Sequence[Run], comparison: Comparison | None, *, most: int
) -> list[TopicList]:
    evidence = Evidence(runs)
    lists = [] if comparison is None else _changed(evidence, comparison, most=most)
    failed, weak = failed_topics(runs[-1], most=most), weak_topics(runs[-1], most=most)
    lists += [
        TopicList(
            key="failed",
            title="Failed topics",
            reading="Nothing relevant in the first 10 results. Those that find it latest stand "
            "first.",
            topics=tuple(evidence.alone(topic) for topic in failed.chosen),
            total=failed.total,
        ),
        TopicList(
            key="weak",
            title="The weakest of the rest",
            reading="Something relevant is in the first 10, but not where it should be.",
            topics=tuple(evidence.alone(topic) for topic in weak.chosen),
            total=weak.total,
        ),
    ]
    return lists


def _changed(evidence: Evidence, comparison: Comparison, *, most: int) -> list[TopicList]:
    changes = next(
        (one for one in comparison.changes if one.measure == CHANGED), comparison.changes[0]
    )

    def shown(key: str, title: str, every: Sequence[Change]) -> TopicList:
        chosen = in_turn(every, by=lambda change: change.pair, most=most)
        return TopicList(
            key=key,
            title=title,
            reading=f"By {changes.measure}, both runs beside each other.",
            topics=tuple(evidence.beside(one, measure=changes.measure) for one in chosen),
            total=len(every),
        )

    return [
        shown("wins", "Biggest wins of the run", changes.wins),
        shown("losses", "Biggest losses of the run", changes.losses),
    ]
