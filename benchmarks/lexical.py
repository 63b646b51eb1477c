"""The lexical leg alone: how well BM25 ranks with our terms, and what each part of them adds.

    SANAD_CACHE_DIR=... python benchmarks/lexical.py --xquad xquad --paragraphs kaiflematha-dev \
        --news ant-news --articles 5000 --json benchmarks/results/lexical.json

Each language of a parallel collection is searched in itself, paragraphs as passages and, harder,
sentences; news are found by their headlines, body only, cut as the product cuts them. The topics of
a collection are split by document: one half is there to choose by, the other is held out.
Differences from Sanad carry a paired randomisation test on the half held out; those of the other
systems are corrected after Holm over all collections, the ways not taken are not. The baseline is
bm25s with its own tokenizer (pip install bm25s).
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.lexical_before import first_terms  # noqa: E402
from benchmarks.lexical_data import (  # noqa: E402
    XQUAD_LANGUAGES,
    Corpus,
    read_news,
    read_paragraphs,
    read_parallel,
    read_sentences,
)
from benchmarks.lexical_scoring import Counts, by_document, rank  # noqa: E402
from benchmarks.lexical_variants import Variant, variants  # noqa: E402
from benchmarks.tables import markdown_table  # noqa: E402
from core.lexical import LexicalEncoder, terms  # noqa: E402
from eval.intervals import estimate  # noqa: E402
from eval.measures import measure_topics  # noqa: E402
from eval.paired import holm, randomisation_test  # noqa: E402

SHOWN = ("nDCG@10", "R@100")
BASELINE = "bm25s as it comes"
FIRST = "first encoder"
SANAD = "Sanad"
SYSTEMS = (BASELINE, "folded words alone", FIRST)

Values = dict[str, dict[str, float]]
"""The measures by topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one way to make terms reached on one collection."""

    corpus: Corpus
    system: str
    values: Values
    average_terms: float | None

    def half(self, *, held_out: bool, measure: str) -> list[float]:
        """By topic of one half, in the order of topics."""
        return [
            self.values[topic.id][measure]
            for topic in self.corpus.topics
            if (topic.id in self.corpus.choosing) != held_out
        ]


def main() -> int:
    """Measure, print a table for each collection and write the results."""
    given = _arguments()
    rows: list[dict[str, object]] = []
    speeds: list[dict[str, object]] = []
    for corpus in _corpora(given):
        _say(f"{corpus.name}: {len(corpus.passages):,} passages, {len(corpus.topics):,} topics")
        rows.extend(_rows(list(_results(corpus))))
        speeds.append(_speed(corpus))
    _correct(rows)
    systems = {*SYSTEMS, SANAD}
    for chosen in (
        [row for row in rows if row["system"] in systems],
        [row for row in rows if row["system"] not in systems],
    ):
        sys.stdout.write(markdown_table([_shown(row) for row in chosen]) + "\n")
    sys.stdout.write(markdown_table(speeds) + "\n")
    if given.json:
        result = {
            "environment": environment(),
            "encoder": LexicalEncoder.version,
            "difference": "from Sanad, in nDCG@10 on the half held out",
            "test": "paired randomisation, two-sided, seeded; Holm over systems and collections",
            "rows": rows,
            "speed": speeds,
        }
        given.json.write_text(
            json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    return 0


def _corpora(given: argparse.Namespace) -> Iterator[Corpus]:
    if given.xquad:
        for language in XQUAD_LANGUAGES:
            yield read_parallel(given.xquad, language)
            yield read_sentences(given.xquad, language)
    if given.paragraphs:
        yield read_paragraphs(given.paragraphs, language="ar")
    if given.news:
        yield read_news(given.news, language="ar", articles=given.articles)


def _results(corpus: Corpus) -> Iterator[Result]:
    yield _baseline(corpus)
    counts: dict[object, Counts] = {}
    for variant in variants(corpus.language):
        started = time.perf_counter()
        if variant.passage not in counts:
            made = [variant.passage(text, corpus.language) for text in corpus.passages]
            counts[variant.passage] = Counts(made)
        yield _result(corpus, variant, counts[variant.passage])
        _say(f"  {variant.name}: {time.perf_counter() - started:.1f} s")


def _result(corpus: Corpus, variant: Variant, counts: Counts) -> Result:
    asked = [variant.query(topic.text, corpus.language) for topic in corpus.topics]
    weighted = counts.weighted(variant.weighting)
    ranked = rank(counts.queries(asked), weighted, owners=corpus.owners)
    return Result(
        corpus=corpus,
        system=variant.name,
        values=_measured(corpus, ranked),
        average_terms=counts.average,
    )


def _baseline(corpus: Corpus) -> Result:
    import bm25s  # noqa: PLC0415  # for this row only

    retriever = bm25s.BM25()
    retriever.index(bm25s.tokenize(corpus.passages, show_progress=False), show_progress=False)
    asked = bm25s.tokenize([topic.text for topic in corpus.topics], show_progress=False)
    depth = min(300, len(corpus.passages))
    found, scores = retriever.retrieve(asked, k=depth, show_progress=False)
    ranked = [
        by_document(zip(numbers.tolist(), given.tolist(), strict=True), owners=corpus.owners)
        for numbers, given in zip(found, scores, strict=True)
    ]
    return Result(
        corpus=corpus, system=BASELINE, values=_measured(corpus, ranked), average_terms=None
    )


def _measured(corpus: Corpus, ranked: Sequence[Sequence[tuple[int, float]]]) -> Values:
    ranking: dict[str, Mapping[str, float]] = {
        topic.id: {corpus.documents[number]: score for number, score in found}
        for topic, found in zip(corpus.topics, ranked, strict=True)
    }
    return measure_topics(corpus.qrels, ranking)


def _rows(results: Sequence[Result]) -> list[dict[str, object]]:
    sanad = next(result for result in results if result.system == SANAD)
    base = sanad.half(held_out=True, measure=SHOWN[0])
    found = []
    for result in results:
        test = randomisation_test(result.half(held_out=True, measure=SHOWN[0]), base)
        found.append(_row(result) | {"difference": test.difference, "p": test.p})
    return found


def _correct(rows: Sequence[dict[str, object]]) -> None:
    """Holm's correction of what is read together: every other system on every collection."""
    together = [row for row in rows if row["system"] in SYSTEMS]
    adjusted = holm([float(str(row["p"])) for row in together])
    for row, p in zip(together, adjusted, strict=True):
        row["p"] = p


def _row(result: Result) -> dict[str, object]:
    row: dict[str, object] = {"collection": result.corpus.name, "system": result.system}
    for measure in SHOWN:
        row[measure] = {
            name: asdict(estimate(result.half(held_out=held_out, measure=measure)))
            for name, held_out in (("choosing", False), ("held_out", True))
        }
    return row | {"terms_in_a_passage": result.average_terms}


def _shown(row: Mapping[str, object]) -> dict[str, object]:
    ndcg, recall = (row[measure] for measure in SHOWN)
    assert isinstance(ndcg, dict)
    assert isinstance(recall, dict)
    held = ndcg["held_out"]
    return {
        "collection": row["collection"],
        "system": row["system"],
        "choosing": ndcg["choosing"]["mean"],
        "held out": held["mean"],
        "interval": f"{held['low']:.3f} to {held['high']:.3f}",
        "to Sanad": f"{row['difference']:+.4f}",
        "p": row["p"],
        "R@100": recall["held_out"]["mean"],
        "terms": row["terms_in_a_passage"],
    }


def _speed(corpus: Corpus) -> dict[str, object]:
    """Milliseconds a passage for its terms, with what earlier texts left in the caches."""
    texts = corpus.passages[:2_000]
    figures: dict[str, object] = {"collection": corpus.name, "passages": len(texts)}
    ways = {
        FIRST: lambda text: first_terms(text, corpus.language),
        "Sanad": lambda text: terms(text, language=corpus.language),
    }
    for name, make in ways.items():
        started = time.perf_counter()
        for text in texts:
            make(text)
        figures[f"{name}, ms a passage"] = (time.perf_counter() - started) / len(texts) * 1e3
    return figures


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--xquad", type=Path, help="a parallel collection")
    parser.add_argument("--paragraphs", type=Path, help="Arabic paragraphs with questions")
    parser.add_argument("--news", type=Path, help="Arabic articles with headlines as topics")
    parser.add_argument("--articles", type=int, default=5_000, help="of the news (default 5000)")
    parser.add_argument("--json", type=Path, help="where to write the result")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
