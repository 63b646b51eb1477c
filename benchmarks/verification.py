"""Measures how many lies verification withholds, and how many true sentences it keeps.

    python benchmarks/verification.py --output benchmarks/results/verification.json
    python benchmarks/verification.py --fit retrieval/verification/support_weights.json

Statements and what is known of them: eval/verification/README.md. With `--fit` the weights are
fitted on the statements about the sample archive and written; without, the statements that
nothing was fitted on are judged by the shipped weights.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from hashlib import sha256
from pathlib import Path

import anyio

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from core.types import Article  # noqa: E402
from eval.intervals import Estimate, estimate  # noqa: E402
from eval.lies import tell_lies  # noqa: E402
from eval.statements import (  # noqa: E402
    Statement,
    forged,
    read_articles,
    read_statements,
)
from eval.support_training import (  # noqa: E402
    Example,
    cross_validated,
    fit,
    gather,
    rates,
    shown,
)
from retrieval.verification.support import SupportModel, support_model  # noqa: E402
from retrieval.verification.verifier import Verifier  # noqa: E402
from sanad.composition import open_models  # noqa: E402
from sanad.session import start, stderr_report  # noqa: E402

STATEMENTS = ROOT / "eval" / "verification"
ARTICLES = {
    "fit": (ROOT / "sample" / "corpus.jsonl", STATEMENTS / "fit" / "articles.jsonl"),
    "check": (STATEMENTS / "check" / "articles.jsonl",),
}
EASY = frozenset({"other article", "other quote", "added claim"})
HARD = frozenset({"roles", "exchanged figures"})
"""Kinds that use only what the quote says, in another order: told apart from the others."""


def main() -> None:
    """Fit or measure, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--fit", type=Path, help="where the weights go")
    parser.add_argument("--output", type=Path, help="where the measures go")
    arguments = parser.parse_args()
    part = "fit" if arguments.fit else "check"
    examples, ms = anyio.run(partial(_gather, read_all(part), read_articles(*ARTICLES[part])))
    if arguments.fit:
        write_fit(arguments.fit, examples)
        return
    report = measured(examples, support_model()) | {"ms_per_sentence": ms} | environment()
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201


def read_all(part: str) -> list[Statement]:
    """True statements, lies by hand and by script, and forged citations, of one part."""
    true = read_statements(STATEMENTS / part / "true.jsonl")
    by_hand = read_statements(STATEMENTS / part / "lies_by_hand.jsonl")
    lies = [one for one in tell_lies(true) if part == "check" or is_drawn(one)]
    return [*true, *by_hand, *lies, *map(forged, true)]


def is_drawn(lie: Statement) -> bool:
    """Whether a lie is fitted on: of those that are told apart most easily, one in three."""
    return lie.kind not in EASY or sha256(lie.id.encode()).digest()[0] % 3 == 0


async def _gather(
    wanted: Sequence[Statement], articles: dict[str, Article]
) -> tuple[list[Example], float]:
    models = await open_models(start(), report=stderr_report)
    verifier = Verifier(
        embedder=models.embedder.embedder,
        counter=models.embedder.token_counter,
        codec=models.cohort.codec,
    )
    started = time.perf_counter()
    examples = await gather(verifier, wanted, articles)
    return examples, round((time.perf_counter() - started) * 1e3 / len(wanted), 1)


def write_fit(path: Path, examples: Sequence[Example]) -> None:
    """Fit on examples without forged citations, which need no model, and write the weights."""
    judged = [example for example in examples if example.values.any()]
    model = fit(judged)
    found = cross_validated(judged)
    true = [example.statement.is_true for example in judged]
    right = (found >= model.partial_above) == true
    kept = {
        "trained_by": "python benchmarks/verification.py --fit",
        "trained_on": "eval/verification/fit",
        "cross_validated": {
            "true_kept": round(float(right[true].mean()), 4),
            "lies_withheld": round(float(right[[not one for one in true]].mean()), 4),
        },
        **asdict(model),
    }
    path.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def measured(examples: Sequence[Example], model: SupportModel) -> dict[str, object]:
    """True kept and lies withheld: in all, by kind, by languages; with 95 % intervals."""
    true = [example for example in examples if example.statement.is_true]
    lies = [example for example in examples if not example.statement.is_true]
    plain = [example for example in lies if example.statement.kind not in HARD]
    return {
        "true_kept": _shown(estimate([float(shown(one, model)) for one in true])),
        "lies_withheld": _shown(estimate([float(not shown(one, model)) for one in plain])),
        "lies_withheld_with_reordered": _shown(
            estimate([float(not shown(one, model)) for one in lies])
        ),
        "true_kept_but_for_plain_problems": _shown(
            estimate([float(not one.has_problem) for one in true])
        ),
        "by_kind": _table(rates(examples, model, by=lambda one: one.kind)),
        "true_by_languages": _table(rates(true, model, by=_languages)),
        "lies_by_languages": _table(rates(plain, model, by=_languages)),
    }


def _languages(statement: Statement) -> str:
    return f"{statement.language} on {statement.article_language}"


def _table(found: dict[str, Estimate]) -> dict[str, str]:
    return {name: _shown(value) for name, value in found.items()}


def _shown(value: Estimate) -> str:
    return f"{value.mean:.3f} [{value.low:.2f}, {value.high:.2f}] n={value.n}"


if __name__ == "__main__":
    main()
