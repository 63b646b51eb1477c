"""The table of the passages benchmark: a setting a row, on the half that reports."""

from collections.abc import Mapping, Sequence

from benchmarks.passages_compare import ALL, HALVES, SIGNIFICANT, Compared
from benchmarks.passages_settings import Setting
from benchmarks.tables import markdown_table


def table(
    settings: Sequence[Setting],
    costs: Sequence[Mapping[str, object]],
    compared: Sequence[Compared],
) -> str:
    """Cost and nDCG@10 of every setting; hybrid, but for the column of the dense leg.

    A star marks a difference that is significant after Holm's correction (p <= .05).
    """
    rows = []
    for setting, cost in zip(settings, costs, strict=True):
        found = {
            (row.place.group, row.place.mode): row
            for row in compared
            if row.setting == setting.name
            and row.place.half == HALVES[1]
            and row.place.measure == "nDCG@10"
        }
        row: dict[str, object] = {
            "setting": setting.name,
            "passages": cost["passages"],
            "embed_s": cost["embed_s"],
            "index_mib": cost["index_mib"],
            "nDCG@10": _mean(found[ALL, "hybrid"]),
            "difference": _difference(found[ALL, "hybrid"]),
            "dense alone": _mean(found[ALL, "dense"]),
        }
        row |= {
            group: _mean(one)
            for (group, mode), one in found.items()
            if mode == "hybrid" and group != ALL
        }
        rows.append(row)
    return markdown_table(rows)


def _mean(row: Compared) -> str:
    star = "*" if row.p_holm <= SIGNIFICANT else ""
    return f"{row.mean.mean:.3f}".removeprefix("0") + star


def _difference(row: Compared) -> str | None:
    if row.setting == row.against:
        return None
    one = row.difference
    return f"{one.mean:+.4f} [{one.low:+.4f}, {one.high:+.4f}]"
