"""Search quality of the int8 runtime against fp32 on a parallel collection, topic by topic.

    python benchmarks/quality.py --collection xquad --json benchmarks/results/quality.json \
        --topics benchmarks/results/quality_topics.tsv

The documents of a language are indexed once in each precision, and every topic is searched as
the product searches. Differences carry a paired randomisation test, corrected after Holm for all
rows of the table.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import anyio

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.tables import markdown_table  # noqa: E402
from core.backends.serving_embedder import open_serving_embedder  # noqa: E402
from core.settings import Settings, load_settings  # noqa: E402
from eval.collection import Collection, read_collection  # noqa: E402
from eval.intervals import estimate  # noqa: E402
from eval.paired import holm, randomisation_test  # noqa: E402
from eval.retrieval import search_topics  # noqa: E402
from indexing.sources import read_sources  # noqa: E402
from retrieval.query import SearchMode  # noqa: E402
from sanad.composition import (  # noqa: E402
    Models,
    open_index,
    open_models,
    open_reader,
    open_writer,
)

PAIRS = ("ar-ar", "en-en", "es-es", "tr-tr", "zh-zh", "en-ar", "ar-en")
MODES = (SearchMode.HYBRID, SearchMode.DENSE)
PRECISIONS = ("int8", "fp32")
MEASURE = "nDCG@10"

Values = dict[tuple[str, str], dict[str, float]]
"""The measure by topic, for each pair and mode."""


def main() -> int:
    """Measure, print the table and write the results."""
    given = _arguments()
    int8, fp32 = (
        anyio.run(_measure, given.collection, given.pairs, precision) for precision in PRECISIONS
    )
    rows = _rows(int8, fp32)
    columns = [{key: row[key] for key in row if key != "intervals"} for row in rows]
    sys.stdout.write(markdown_table(columns) + "\n")
    if given.json:
        result = {
            "environment": environment(),
            "collection": given.collection.resolve().name,
            "measure": MEASURE,
            "test": "paired randomisation, two-sided, 10,000 permutations, seeded; Holm",
            "rows": rows,
        }
        given.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    if given.topics:
        given.topics.write_text("\n".join(_topic_lines(int8, fp32)) + "\n", encoding="utf-8")
    return 0


async def _measure(folder: Path, pairs: Sequence[str], precision: str) -> Values:
    with tempfile.TemporaryDirectory() as kept:
        chosen = {"SANAD_RUNTIME": "onnx", "SANAD_PRECISION": precision, "SANAD_DATA_DIR": kept}
        settings = load_settings({**os.environ, **chosen})
        models = await open_models(settings, report=_say)
        # With its memory of questions, which come once for each mode and language of documents.
        async with open_serving_embedder(models.embedder.embedder) as embedder:
            models = replace(models, embedder=replace(models.embedder, embedder=embedder))
            found: Values = {}
            for language in dict.fromkeys(pair.split("-")[1] for pair in pairs):
                asked = [pair for pair in pairs if pair.split("-")[1] == language]
                collections = {pair: _collection(folder, pair) for pair in asked}
                own = settings.model_copy(update={"data_dir": Path(kept) / language})
                _say(f"{precision}: documents in {language}, {', '.join(asked)}")
                found |= await _search(collections, own, models)
            return found


def _collection(folder: Path, pair: str) -> Collection:
    queries, documents = pair.split("-")
    return read_collection(folder, query_languages=[queries], document_languages=[documents])


async def _search(collections: dict[str, Collection], settings: Settings, models: Models) -> Values:
    """Index the documents, which all these collections share, and search for every topic."""
    paths = [str(path) for path in next(iter(collections.values())).corpus]
    found: Values = {}
    async with open_index(settings, models, command="benchmark", create=True) as store:
        items = read_sources(paths, settings=settings, stdin=None)
        await open_writer(models, store).run(items, on_progress=lambda _: None)
        reader = await open_reader(settings, models, store, report=_say)
        for pair, collection in collections.items():
            for mode in MODES:
                search = partial(search_topics, name=pair, mode=mode, on_topic=lambda _: None)
                run = await search(reader.searcher, collection)
                found[pair, mode.value] = {
                    topic.id: topic.measures[MEASURE] for topic in run.topics if topic.measures
                }
    return found


def _rows(int8: Values, fp32: Values) -> list[dict[str, object]]:
    tests, rows = [], []
    for (pair, mode), by_topic in int8.items():
        first = list(by_topic.values())
        second = [fp32[pair, mode][topic] for topic in by_topic]
        differences = [one - other for one, other in zip(first, second, strict=True)]
        estimates = {
            "int8": estimate(first),
            "fp32": estimate(second),
            "difference": estimate(differences),
        }
        test = randomisation_test(first, second)
        tests.append(test)
        between = estimates["difference"]
        rows.append({
            "pair": pair,
            "mode": mode,
            "topics": test.n,
            "int8": round(estimates["int8"].mean, 4),
            "fp32": round(estimates["fp32"].mean, 4),
            "difference": round(test.difference, 4),
            "interval": f"{between.low:+.4f} to {between.high:+.4f}",
            "topics_that_differ": sum(difference != 0 for difference in differences),
            "p": round(test.p, 4),
            "intervals": {name: asdict(one) for name, one in estimates.items()},
        })
    for row, p in zip(rows, holm([test.p for test in tests]), strict=True):
        row["p_holm"] = round(p, 4)
    return rows


def _topic_lines(int8: Values, fp32: Values) -> Iterator[str]:
    yield "pair\tmode\ttopic\tint8\tfp32"
    for (pair, mode), by_topic in int8.items():
        for topic, value in by_topic.items():
            yield f"{pair}\t{mode}\t{topic}\t{value:.4g}\t{fp32[pair, mode][topic]:.4g}"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--collection", type=Path, required=True, help="parts for each language")
    parser.add_argument("--pairs", nargs="+", default=PAIRS, help="question-document languages")
    parser.add_argument("--json", type=Path, help="where to write the result")
    parser.add_argument("--topics", type=Path, help="where to write the values of every topic")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
