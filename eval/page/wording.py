"""What figures mean, and what a reader must know of them, in plain sentences."""

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from eval.comparison import Comparison, Row
from eval.comparison_report import fall_line, unmatched_notes
from eval.gate import ALPHA, Fall
from eval.page.measured import Measured
from eval.page.views import signed
from eval.report import number


def explain_difference(row: Row, *, base: str) -> Markup:
    """What the difference of a row means, and whether it is more than chance."""
    found = row.difference
    names = {"run": row.other, "base": base}
    against = f"{number(row.other_mean)} against {number(row.base_mean)}"
    counts = f"It wins {topics(row.wins)}, loses {topics(row.losses)} and ties {topics(row.ties)}."
    if row.wins == row.losses == 0:
        return Markup(
            "<bdi>{run}</bdi> and <bdi>{base}</bdi> have <strong>the same</strong> {measure} on "
            "every topic."
        ).format(measure=row.measure, **names)
    span = f"between {signed(found.low)} and {signed(found.high)}"
    if row.p_holm is None:
        said = f"{topics(found.n)} are too few to tell a difference from chance."
    elif row.p_holm <= ALPHA:
        side = "better" if found.mean > 0 else "worse"
        return Markup(
            "<bdi>{run}</bdi> is <strong>{side}</strong> than <bdi>{base}</bdi>: {against}. This "
            "is more than chance (p {p}); the true difference lies {span} with 95 % confidence. "
            "{counts}"
        ).format(
            side=side, against=against, p=shown_p(row.p_holm), span=span, counts=counts, **names
        )
    elif found.low > 0 or found.high < 0:
        said = (
            f"What there is may be chance: p is {shown_p(row.p_holm)}, corrected for all rows of "
            f"the comparison, where the interval ({signed(found.low)} to {signed(found.high)}) is "
            "of this one alone."
        )
    else:
        said = (
            f"What there is may be chance (p {shown_p(row.p_holm)}); the true difference lies "
            f"{span} with 95 % confidence."
        )
    return Markup(
        "<strong>No difference</strong> between <bdi>{run}</bdi> and <bdi>{base}</bdi> is shown: "
        "{against}. {said} {counts}"
    ).format(against=against, said=said, counts=counts, **names)


def explain_falls(falls: Iterable[Fall]) -> list[str]:
    """One line a fall."""
    return [fall_line(fall) for fall in falls]


def warnings(runs: Iterable[Measured], comparison: Comparison | None) -> list[str]:
    """What makes the figures less than they seem, most serious first; empty if nothing does."""
    runs = list(runs)
    found = []
    if comparison is not None:
        found += changed_files(one.run.manifest for one in runs)
        found += unmatched_notes(comparison.base, comparison.unmatched)
    for one in runs:
        if not one.topics:
            found.append(f"{one.run.name} measures nothing: no topic has a relevant article")
        found += uncommitted(one.run.name, one.run.manifest)
    return found


def uncommitted(name: str, manifest: Mapping[str, object]) -> list[str]:
    """Whether what measured `name` can be had again: empty if it can."""
    commit = str(manifest.get("commit", ""))
    if commit.endswith("+changes"):
        return [
            f"{name} was measured with changes that no commit holds: {commit} does not make it "
            "again"
        ]
    return [] if manifest else [f"{name} has no manifest: nobody can tell what made it"]


def changed_files(manifests: Iterable[Mapping[str, object]]) -> list[str]:
    """Files of data that two manifests tell differently, a line each."""
    base, run = map(data_files, manifests)
    changed = sorted(name for name in base.keys() & run.keys() if base[name] != run[name])
    return [f"{name} is not the same file in both runs" for name in changed]


def data_files(manifest: object) -> dict[str, str]:
    """Checksum by name of each file of the collection, as far as the manifest tells."""
    collection = manifest.get("collection") if isinstance(manifest, dict) else None
    files = collection.get("files") if isinstance(collection, dict) else None
    return {str(k): str(v) for k, v in files.items()} if isinstance(files, dict) else {}


def shown_p(p: float) -> str:
    """As .034, or as < .001."""
    return "< .001" if p < 0.001 else number(p)


def more_pairs(left_out: int) -> str:
    """What the table holds besides, as a sentence to add; "" if nothing."""
    if left_out <= 0:
        return ""
    pairs = "1 more pair" if left_out == 1 else f"{left_out} more pairs"
    return f" The table has {pairs}."


def topics(n: int) -> str:
    """As "1 topic", "1,224 topics"."""
    return f"{n:,} topic" if n == 1 else f"{n:,} topics"
