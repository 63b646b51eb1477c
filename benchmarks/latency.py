r"""How long an extractive answer takes in an archive of 36,000 articles, for one client.

    SANAD_CACHE_DIR=cache python benchmarks/latency.py --data DATA \
        --json benchmarks/results/latency.json

The index is that of answers.py, kept in the cache folder: the first time takes as long as
indexing does. XQuAD's questions in Arabic and in English are asked of all that is Arabic in it.
With `--graph` a graph is built then (`sanad optimize`, minutes), and they are asked again. Each
question is asked once, after 50 others. Times are of the read path in this process, without HTTP,
which serving.py adds.
"""

import argparse
import json
import os
import statistics
import sys
import time
from pathlib import Path

import anyio

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.answers_sets import archive_of, full_sets  # noqa: E402  # path is set
from benchmarks.environment import environment  # noqa: E402
from benchmarks.peers_measures import percentile  # noqa: E402
from benchmarks.tables import markdown_table  # noqa: E402
from core.backends.edge_graph import Graph, Quantization  # noqa: E402
from core.backends.edge_optimize import optimize_index  # noqa: E402
from core.settings import Settings, load_settings  # noqa: E402
from core.types import PassageFilter  # noqa: E402
from eval.collection import Collection, read_collection  # noqa: E402
from retrieval.answering.events import Answerer  # noqa: E402
from retrieval.query import Question  # noqa: E402
from sanad.commands.evaluation.indexed import open_indexed  # noqa: E402

WARMING, ASKED = 50, 300
ARABIC = PassageFilter(languages=("ar",))

Row = dict[str, object]


def main() -> None:
    """Ask, print a line a language, and write the result."""
    given = _arguments()
    settings = load_settings(os.environ)
    archive = archive_of(full_sets(given.data, ROOT / "sample"))
    rows, data_dir = anyio.run(_ask_all, settings, archive, given.data, "exact")
    if given.graph:
        optimize_index(
            data_dir,
            graph=Graph(quantization=Quantization.NONE),
            command="benchmarks/latency.py",
            watch=lambda _progress: None,
        )
        more, _ = anyio.run(_ask_all, settings, archive, given.data, "graph")
        rows += more
    sys.stdout.write(markdown_table(rows) + "\n")
    if given.json:
        result = {"environment": environment(), "rows": rows}
        given.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


async def _ask_all(
    settings: Settings, archive: Collection, data: Path, search: str
) -> tuple[list[Row], Path]:
    rows = []
    async with open_indexed(settings, archive, []) as indexed:
        for asked in ("ar", "en"):
            collection = read_collection(
                data / "xquad", query_languages=[asked], document_languages=["ar"]
            )
            texts = [topic.text for topic in collection.topics[: WARMING + ASKED]]
            row: Row = {"search": search, "asked in": asked}
            rows.append(row | await _times(indexed.reader.answerer, texts))
        rows[0]["articles"] = indexed.description["articles"]
        return rows, indexed.settings.data_dir


async def _times(answerer: Answerer, texts: list[str]) -> Row:
    questions = [Question(text=text, where=ARABIC) for text in texts]
    for question in questions[:WARMING]:
        await answerer.answer(question)
    times: list[float] = []
    stages: dict[str, list[float]] = {}
    for question in questions[WARMING:]:
        started = time.perf_counter()
        answer = await answerer.answer(question)
        times.append((time.perf_counter() - started) * 1_000)
        for stage, taken_ms in answer.timing_ms.items():
            stages.setdefault(stage, []).append(taken_ms)
    times.sort()
    medians = {f"{stage} ms": round(statistics.median(some), 1) for stage, some in stages.items()}
    whole = {f"p{share} ms": round(percentile(times, share), 1) for share in (50, 95)}
    return {"asked": len(times), **whole, **medians}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the collections")
    parser.add_argument("--graph", action="store_true", help="build a graph, and ask again")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the result goes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
