"""Reports of measures: a table for people, plain values for JSON."""

import math
from dataclasses import asdict

from rich.table import Table

from eval.answers import AnswerReport
from eval.intervals import Estimate
from eval.retrieval import RetrievalReport

Report = RetrievalReport | AnswerReport


def table(report: Report) -> Table:
    """One row a language pair, one column a measure, with 95 % intervals."""
    names = list(report.by_pair["all"])
    shown = Table(title=report.collection, caption="95 % bootstrap intervals over topics")
    shown.add_column("pair")
    shown.add_column("topics", justify="right")
    for name in names:
        shown.add_column(name, justify="right")
    for pair, measures in report.by_pair.items():
        topics = max(measure.n for measure in measures.values())
        shown.add_row(pair, str(topics), *(_cell(measures[name]) for name in names))
    return shown


def as_dict(report: Report, *, per_topic: bool) -> dict[str, object]:
    """Plain JSON values: NaN, the mean of nothing, becomes null."""
    values: dict[str, object] = {
        "collection": report.collection,
        "measures": {
            pair: {name: _plain(measure) for name, measure in measures.items()}
            for pair, measures in report.by_pair.items()
        },
    }
    if per_topic:
        if isinstance(report, RetrievalReport):
            values["topics"] = report.per_topic
        else:
            values["topics"] = [asdict(topic) for topic in report.per_topic]
    return values


def _cell(measure: Estimate) -> str:
    if measure.n == 0:
        return "–"
    return f"{measure.mean:.3f} [{measure.low:.3f}, {measure.high:.3f}]"


def _plain(measure: Estimate) -> dict[str, float | int | None]:
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in asdict(measure).items()
    }
