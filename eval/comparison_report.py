"""Comparisons and verdicts of the gate: tables for people, plain values for JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from eval.comparison import Change, Changes, Comparison, Row, Unmatched
from eval.gate import ALPHA, LARGE, Fall, Verdict
from eval.report import new_table, number

NAMED = 10
"""Topics that a note names before it counts the rest."""


def comparison_tables(comparison: Comparison) -> list[Table]:
    """One table a measure and run, one row a group; significant differences stand out."""
    tables = []
    for changes in comparison.changes:
        rows = [
            row
            for row in comparison.rows
            if (row.other, row.measure) == (changes.other, changes.measure)
        ]
        title = f"{changes.measure}: {changes.other} against {comparison.base}"
        tables.append(row_table(rows, title=title))
    return tables


def row_table(rows: Sequence[Row], *, title: str) -> Table:
    """One row a group, by number of topics within pairs and within types of question."""
    shown = new_table(
        title,
        *("group", "n", "base", "other", "difference", "95 %", "p Holm", "win/tie/loss"),
        caption=f"* p <= {ALPHA:g} by the paired randomisation test, corrected after Holm",
    )
    axes = ["all", "pair", "kind"]
    for row in sorted(rows, key=lambda row: (axes.index(row.group.axis), -row.difference.n)):
        is_significant = row.p_holm is not None and row.p_holm <= ALPHA
        shown.add_row(
            Text(row.group.name),
            str(row.difference.n),
            number(row.base_mean),
            number(row.other_mean),
            f"{signed(row.difference.mean)}{'*' if is_significant else ' '}",
            f"{signed(row.difference.low)} {signed(row.difference.high)}",
            "–" if row.p_holm is None else f"{row.p_holm:.4f}".removeprefix("0"),
            f"{row.wins}/{row.ties}/{row.losses}",
            style="bold" if is_significant else None,
        )
    return shown


def change_table(changes: Changes, *, most: int) -> Table:
    """The `most` largest wins, then the largest losses, with their questions."""
    shown = new_table(
        f"{changes.measure}: largest wins and losses of {changes.other}",
        *("difference", "base", "other"),
    )
    shown.add_column("topic", overflow="fold")
    shown.add_column("question")
    for some in (changes.wins[:most], changes.losses[:most]):
        for change in some:
            shown.add_row(
                signed(change.difference),
                number(change.base),
                number(change.other),
                Text(change.topic_id),
                Text(change.text),
            )
        shown.add_section()
    return shown


def unmatched_notes(base: str, unmatched: Iterable[Unmatched]) -> list[str]:
    """What a reader must know of topics that do not match, a line each."""
    notes = []
    for one in unmatched:
        if one.only_base:
            notes.append(f"left out, only in {base}: {_named(one.only_base)}")
        if one.only_other:
            notes.append(f"left out, only in {one.other}: {_named(one.only_other)}")
        if one.judged_differently:
            notes.append(
                f"judged differently in {base} and {one.other}: {_named(one.judged_differently)}; "
                "--qrels measures both by the same judgments"
            )
    return notes


def comparison_as_dict(comparison: Comparison, *, most: int) -> dict[str, object]:
    """Plain JSON values; `topics` holds the `most` largest wins and losses."""
    values: dict[str, object] = {
        "base": comparison.base,
        "rows": [row_as_dict(row) for row in comparison.rows],
        "unmatched": [asdict(one) for one in comparison.unmatched],
    }
    if most:
        values["topics"] = [
            {
                "other": one.other,
                "measure": one.measure,
                "wins": [_change_as_dict(change) for change in one.wins[:most]],
                "losses": [_change_as_dict(change) for change in one.losses[:most]],
            }
            for one in comparison.changes
        ]
    return values


def row_as_dict(row: Row) -> dict[str, object]:
    """Plain JSON values; `axis` is all, pair or kind."""
    values = asdict(row)
    group = values.pop("group")
    return {"axis": group["axis"], "group": group["name"], **values}


def verdict_as_dict(verdict: Verdict) -> dict[str, object]:
    """Plain JSON values."""
    return {
        "passed": verdict.is_passed,
        "falls": [
            {
                **row_as_dict(fall.row),
                "significant": fall.is_significant,
                "more_than_tolerance": fall.is_large,
            }
            for fall in verdict.falls
        ],
        "missing": list(verdict.missing),
        "new": list(verdict.new),
        "changed_files": list(verdict.changed_files),
        "rows": [row_as_dict(row) for row in verdict.rows],
    }


def fall_line(fall: Fall) -> str:
    """One line that says which measure fell, on what, by how much and why it counts."""
    row = fall.row
    reasons = []
    if fall.is_significant:
        reasons.append(f"significant: p {row.p_holm:.4f} after Holm")
    if fall.is_large:
        reasons.append(f"more than {fall.tolerance:g} on {LARGE} topics or more")
    return (
        f"{row.measure} fell on {row.group.name} ({row.difference.n} topics) by "
        f"{-row.difference.mean:.4f}, from {row.base_mean:.4f} to {row.other_mean:.4f}: "
        + "; ".join(reasons)
    )


def missing_line(missing: Sequence[str]) -> str:
    """One line that names topics of the baseline that were not measured."""
    return f"{len(missing)} topics of the baseline are not measured: {_named(missing)}"


def signed(value: float) -> str:
    """As +.012 or -.012."""
    # Plus nothing, so that a rounded-off loss is not shown as -.000.
    return f"{round(value, 3) + 0.0:+.3f}".replace("0.", ".", 1)


def _change_as_dict(change: Change) -> dict[str, object]:
    return {**asdict(change), "difference": change.difference}


def _named(ids: Sequence[str]) -> str:
    shown = ", ".join(ids[:NAMED])
    return f"{shown} and {len(ids) - NAMED} more" if len(ids) > NAMED else shown
