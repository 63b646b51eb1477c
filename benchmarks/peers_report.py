"""Rows of the tables and the sentences that say where Sanad is not ahead."""

from collections.abc import Mapping, Sequence
from typing import Any

LOWER_IS_BETTER = {
    "index_s": "index time (s)",
    "p50_ms": "question p50 (ms)",
    "p95_ms": "question p95 (ms)",
    "index_peak_mib": "peak memory, indexing (MiB)",
    "search_peak_mib": "peak memory, searching (MiB)",
}
HIGHER_IS_BETTER = {"per_s": "questions/s at once"}

Systems = Mapping[str, Mapping[str, Any]]
"""By name: `sets` -> set -> figure -> median, min and max; `quality` -> pair -> comparison."""


def speed_rows(systems: Systems, documents: str, *, reference: str) -> list[dict[str, object]]:
    """One row a system of the figures over one set of documents, then ratios to `reference`.

    A ratio is the system's figure by the reference's.
    """
    rows = []
    labels = {"load_s": "load (s)", **LOWER_IS_BETTER, **HIGHER_IS_BETTER}
    base = systems[reference]["sets"][documents]
    for name, system in systems.items():
        own = system["sets"][documents]
        row: dict[str, object] = {"system": name, "vectors": int(own["vectors"]["median"])}
        row |= {label: own[figure]["median"] for figure, label in labels.items()}
        for figure in (*LOWER_IS_BETTER, *HIGHER_IS_BETTER):
            ratio = own[figure]["median"] / base[figure]["median"]
            row[f"{figure} ratio to {reference}"] = ratio
        rows.append(row)
    return rows


def quality_rows(systems: Systems) -> list[dict[str, object]]:
    """One row a system: nDCG@10 of every pair with its interval, and the paired difference."""
    rows = []
    for name, system in systems.items():
        row: dict[str, object] = {"system": name}
        for pair, value in system["quality"].items():
            row[f"nDCG@10 {pair}"] = _interval(value)
            row[f"{pair} to Sanad"] = _interval(value["to_sanad"], sign="+")
        rows.append(row)
    return rows


def version_rows(systems: Systems) -> list[dict[str, object]]:
    """One row a system: what it ran with."""
    return [
        {
            "system": name,
            "versions": ", ".join(f"{key} {value}" for key, value in system["versions"].items()),
        }
        for name, system in systems.items()
    ]


def not_ahead(systems: Systems, *, reference: str) -> list[str]:
    """One sentence for each other system: every figure in which the reference is not ahead.

    Of quality it is not ahead where the mean is below; the interval of the paired difference
    says whether that is more than chance.
    """
    return [
        _sentence(name, _speed_faults(system, systems[reference]) + _quality_faults(system))
        for name, system in systems.items()
        if name != reference
    ]


def _speed_faults(system: Mapping[str, Any], reference: Mapping[str, Any]) -> list[str]:
    faults = []
    for documents, own in system["sets"].items():
        base = reference["sets"][documents]
        for figure, label in (LOWER_IS_BETTER | HIGHER_IS_BETTER).items():
            theirs, ours = own[figure]["median"], base[figure]["median"]
            ahead = ours < theirs if figure in LOWER_IS_BETTER else ours > theirs
            if not ahead:
                faults.append(f"{label}, {documents} documents: {ours:.4g} to its {theirs:.4g}")
    return faults


def _quality_faults(system: Mapping[str, Any]) -> list[str]:
    faults = []
    for pair, value in system["quality"].items():
        difference = value["to_sanad"]
        if difference["mean"] > 0:
            shown = "beyond chance" if difference["low"] > 0 else "within chance"
            faults.append(
                f"nDCG@10 {pair}: behind by {difference['mean']:.4f}, {shown} "
                f"({difference['low']:+.4f} to {difference['high']:+.4f})"
            )
    return faults


def _sentence(name: str, faults: Sequence[str]) -> str:
    if not faults:
        return f"{name}: Sanad is ahead in every figure."
    return f"{name}: Sanad is not ahead in {'; '.join(faults)}."


def _interval(value: Mapping[str, float], *, sign: str = "") -> str:
    return f"{value['mean']:{sign}.4f} ({value['low']:{sign}.4f} to {value['high']:{sign}.4f})"
