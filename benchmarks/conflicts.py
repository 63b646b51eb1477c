"""How well sentences that contradict each other in a figure, or agree, are told from others.

    python benchmarks/conflicts.py --json benchmarks/results/conflicts.json
    python benchmarks/conflicts.py --fit retrieval/agreement/bounds.json

The pairs are tests/retrieval/figure_pairs.json, written by hand. `--fit` chooses the bounds of
likeness on the half to fit by and writes them; the other halves are not looked at.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import anyio

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.tables import markdown_table  # noqa: E402
from core.passage_encoder import TokenPassageEncoder  # noqa: E402
from core.settings import load_settings  # noqa: E402
from eval.figure_pairs import Expected, ReadPair, read_as_served, read_pairs  # noqa: E402
from retrieval.agreement.relations import Bounds, likeness  # noqa: E402
from sanad.composition import open_models  # noqa: E402

PAIRS = ROOT / "tests" / "retrieval" / "figure_pairs.json"
NO_BOUNDS = Bounds(
    contradicts=-1.0, contradicts_unnamed=-1.0, repeats=-1.0, repeats_without_figures=-1.0
)
HALVES = ("fit", "check", "later", "last")
"""The last were written when all else was done, and counted once before anything followed."""

GRID = tuple(step / 100 for step in range(20, 91))
PRECISION_WEIGHT = 0.25
"""The square of beta in F-beta: precision counts twice as much as recall (van Rijsbergen 1979,
"Information Retrieval", chapter 7)."""

MARGIN = 0.03
"""What is taken off a bound that no pair of the half to fit by speaks against."""


def main() -> int:
    """Fit if asked to, measure, print the table and write the result."""
    arguments = _arguments()
    pairs = anyio.run(_read)
    if arguments.fit is not None:
        fitted = {name: asdict(bounds) for name, bounds in _fitted(pairs).items()}
        kept = {"fitted_by": "python benchmarks/conflicts.py --fit", **fitted}
        arguments.fit.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        return 0
    rows = [row for half in HALVES for row in _rows(pairs, half)]
    sys.stdout.write(markdown_table(rows))
    if arguments.json is not None:
        result = {"environment": environment(), "rows": rows}
        text = json.dumps(result, ensure_ascii=False, indent=2) + "\n"
        arguments.json.write_text(text, encoding="utf-8")
    return 0


async def _read() -> list[ReadPair]:
    given = {name: value for name, value in os.environ.items() if name.startswith("SANAD_CACHE")}
    models = await open_models(load_settings(given), report=_say)
    codec = models.cohort.codec
    return await read_as_served(
        read_pairs(PAIRS),
        encoder=TokenPassageEncoder(models.embedder.embedder, codec),
        codec=codec,
        dimension=models.embedder.embedder.identity.dimension,
    )


def _rows(pairs: Sequence[ReadPair], half: str) -> list[dict[str, object]]:
    chosen = [pair for pair in pairs if pair.pair.half == half]
    groups: dict[str, Callable[[ReadPair], bool]] = {
        "all": lambda _: True,
        "one language": _is_one_language,
        "two languages": lambda pair: not _is_one_language(pair),
    }
    return [
        _row(half, name, expected, [pair for pair in chosen if is_in(pair)])
        for expected in (Expected.CONFLICT, Expected.AGREE)
        for name, is_in in groups.items()
    ]


def _row(half: str, group: str, expected: Expected, pairs: Sequence[ReadPair]) -> dict[str, object]:
    found = [pair for pair in pairs if pair.found() is expected]
    right = [pair for pair in found if pair.pair.expected is expected]
    wanted = [pair for pair in pairs if pair.pair.expected is expected]
    wrong = [pair for pair in pairs if pair.found() is not pair.pair.expected]
    return {
        "half": half,
        "pairs": group,
        "told": expected.value,
        "n": len(pairs),
        "to be told": len(wanted),
        "told so": len(found),
        "right": len(right),
        "precision": _share(len(right), len(found)),
        "recall": _share(len(right), len(wanted)),
        "wrong": " ".join(pair.pair.id for pair in wrong if expected in _both(pair)),
    }


def _both(pair: ReadPair) -> tuple[Expected, Expected]:
    return pair.found(), pair.pair.expected


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def _is_one_language(pair: ReadPair) -> bool:
    return pair.left.language == pair.right.language


def _fitted(pairs: Sequence[ReadPair]) -> dict[str, Bounds]:
    fit = [pair for pair in pairs if pair.pair.half == "fit"]
    return {
        "same_language": _bounds([pair for pair in fit if _is_one_language(pair)]),
        "across_languages": _bounds([pair for pair in fit if not _is_one_language(pair)]),
    }


def _bounds(pairs: Sequence[ReadPair]) -> Bounds:
    """Each bound is fitted by the pairs that pass all other rules because of it alone."""
    bounds = NO_BOUNDS
    for name, expected in (
        ("contradicts", Expected.CONFLICT),
        ("contradicts_unnamed", Expected.CONFLICT),
        ("repeats", Expected.AGREE),
        ("repeats_without_figures", Expected.AGREE),
    ):
        closed = replace(NO_BOUNDS, **{name: 1.0})
        told = [
            (likeness(pair.left, pair.right), pair.pair.expected is expected)
            for pair in pairs
            if pair.found(NO_BOUNDS) is expected and pair.found(closed) is not expected
        ]
        bounds = replace(bounds, **{name: _bound(told)})
    return bounds


def _bound(told: Sequence[tuple[float, bool]]) -> float:
    """The bound of the best F-beta, the highest of equals, less MARGIN if that costs nothing."""
    best = max(GRID, key=lambda bound: (_f_beta(told, bound), bound))
    lower = round(best - MARGIN, 2)
    return lower if _f_beta(told, lower) >= _f_beta(told, best) else best


def _f_beta(told: Iterable[tuple[float, bool]], bound: float) -> float:
    passed = [(is_right, alike >= bound) for alike, is_right in told]
    right = sum(is_right and above for is_right, above in passed)
    wrong = sum(not is_right and above for is_right, above in passed)
    missed = sum(is_right and not above for is_right, above in passed)
    weighted = (1 + PRECISION_WEIGHT) * right
    return weighted / (weighted + wrong + PRECISION_WEIGHT * missed) if right else 0.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="Where the result goes.")
    parser.add_argument("--fit", type=Path, help="Where fitted bounds go.")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    raise SystemExit(main())
