"""Reports of measures: tables for people, plain values for JSON."""

import math
from collections.abc import Mapping
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from eval.fairness import Fairness
from eval.intervals import Estimate
from eval.measures import NAMES
from eval.retrieval import RetrievalReport

LEAST_WIDTH = 8
"""Of the names of groups: the longest folds, "en->ar" never does."""

INTERVALS = "95 % bootstrap intervals over topics"


def table(report: RetrievalReport) -> Table:
    """One row a language pair, then one a type of question, each by number of topics.

    The first measure has its interval; the others' are in the JSON.
    """
    columns = [name.replace("@", "\n@") for name in NAMES]
    shown = new_table(report.collection, "pair", "n", *columns, caption=_caption(report))
    for groups in (report.by_pair, report.by_kind):
        for group, measures in sorted(groups.items(), key=lambda item: -_topics(item[1])):
            first, *others = (measures[name] for name in NAMES)
            shown.add_row(Text(group), str(_topics(measures)), cell(first), *map(mean_cell, others))
        shown.add_section()
    return shown


def fairness_tables(fairness: Fairness) -> list[Table]:
    """One table a measure; eval/fairness.py defines them."""
    translations = new_table(
        "Translations found in one index", "language", "n", "R@10", "R@20", "All@20"
    )
    for name, estimates in fairness.translations.items():
        translations.add_row(Text(name), str(_topics(estimates)), *map(cell, estimates.values()))
    return [translations, _only_in_table(fairness), _shares_table(fairness)]


def _only_in_table(fairness: Fairness) -> Table:
    shown = new_table(
        "Answer only in the second language; ranks between it and the first language's",
        *("pair", "n", "nDCG@10", "Success@1", "exhausted", "rank gap"),
    )
    for pair, test in fairness.only_in.items():
        gap = fairness.gaps.get(pair)
        shown.add_row(
            Text(pair),
            str(test.ndcg.n),
            cell(test.ndcg),
            cell(test.success),
            str(test.exhausted),
            "–" if gap is None else f"{gap.median:+g}",
        )
    return shown


def _shares_table(fairness: Fairness) -> Table:
    shares = fairness.shares
    names = sorted({name for one in shares.values() for name in one.first | one.relevant})
    shown = new_table(
        "Share of each language in the first 10 results / in the relevant articles, by question",
        *("language", *names, "distance"),
    )
    for language, one in shares.items():
        cells = (
            f"{number(one.first.get(name, 0.0), 2)}/{number(one.relevant.get(name, 0.0), 2)}"
            for name in names
        )
        shown.add_row(Text(language), *cells, number(one.distance))
    return shown


def as_dict(report: RetrievalReport, *, per_topic: bool) -> dict[str, object]:
    """Plain JSON values: NaN, the mean of nothing, becomes null."""
    values: dict[str, object] = {
        "collection": report.collection,
        "measures": plain_groups(report.by_pair),
        "kinds": plain_groups(report.by_kind),
        "unanswerable": report.unanswerable,
    }
    if per_topic:
        values["topics"] = report.per_topic
    return values


def _caption(report: RetrievalReport) -> str:
    left_out = f"; without {report.unanswerable} unanswerable topics" if report.unanswerable else ""
    return f"{NAMES[0]} with its 95 % bootstrap interval over topics{left_out}"


def new_table(title: str, *columns: str, caption: str | None = None) -> Table:
    """The first column tells the group, the others hold numbers."""
    # Text, never markup: names come from files.
    shown = Table(title=Text(title), caption=caption, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    first, *others = columns
    shown.add_column(first, overflow="fold", min_width=LEAST_WIDTH)
    for name in others:
        shown.add_column(Text(name), justify="right", no_wrap=True)
    return shown


def _topics(measures: Mapping[str, Estimate]) -> int:
    return max(measure.n for measure in measures.values())


def cell(measure: Estimate) -> str:
    """The mean with its interval, if it has one; a dash for the mean of nothing."""
    if measure.n == 0:
        return "–"
    if math.isnan(measure.low):
        return number(measure.mean)
    return f"{number(measure.mean)} {number(measure.low, 2)}–{number(measure.high, 2)}"


def mean_cell(measure: Estimate) -> str:
    """The mean alone; a dash for the mean of nothing."""
    return "–" if measure.n == 0 else number(measure.mean)


def number(value: float, digits: int = 3) -> str:
    """The value as .885, or as 1.00 with a digit less: the same width."""
    shown = f"{value:.{digits}f}"
    return shown.removeprefix("0") if shown.startswith("0") else shown[:-1]


def plain_groups(
    groups: Mapping[str, Mapping[str, Estimate]],
) -> dict[str, dict[str, dict[str, float | int | None]]]:
    """Estimates by group and name as plain JSON values; NaN becomes null."""
    return {
        group: {name: _plain(measure) for name, measure in measures.items()}
        for group, measures in groups.items()
    }


def _plain(measure: Estimate) -> dict[str, float | int | None]:
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in asdict(measure).items()
    }
