"""Size, overlap and context of passages, measured on real news, and which of them to use.

    python benchmarks/passages.py --data data --cache passages-cache \
        --json benchmarks/results/passages.json

`--data` holds the folders ant-news, kaiflematha-dev and xquad. Every setting cuts, embeds and
encodes the same archive as the product would, and ranks the articles for the same topics, hybrid
and by the dense leg alone. The choice is made on one half of the topics and reported on the other.
Vectors are kept in `--cache` by exact text, so a run that was stopped goes on where it was; on two
cores the whole takes some 13 minutes. `--articles 50 --topics 10` tries it out in a few.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import anyio

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.environment import environment  # noqa: E402  # after the path is set
from benchmarks.passages_compare import (  # noqa: E402
    MEASURES,
    MODES,
    Measures,
    choice,
    compare,
)
from benchmarks.passages_data import Archive, Asked, read_archive  # noqa: E402
from benchmarks.passages_index import Cut, Legs, Words  # noqa: E402
from benchmarks.passages_settings import (  # noqa: E402
    BODY_BASE,
    TITLED_BASE,
    Setting,
    named,
    settings,
)
from benchmarks.passages_table import table  # noqa: E402
from benchmarks.passages_vectors import Embedded, KeptVectors  # noqa: E402
from core.backends.embedding import EmbedderParts, open_embedder  # noqa: E402
from core.lexical import LexicalEncoder  # noqa: E402
from core.settings import load_settings  # noqa: E402
from core.types import Vectors  # noqa: E402
from eval.environment import checksum  # noqa: E402
from eval.measures import measure_topics  # noqa: E402
from indexing.chunking import Chunker  # noqa: E402
from retrieval.cohort import Cohort, load_cohort  # noqa: E402
from retrieval.query import SearchMode  # noqa: E402

SAMPLE = ROOT / "sample"
FILES = (
    "ant-news/corpus.jsonl.gz",
    "ant-news/queries.jsonl",
    "kaiflematha-dev/corpus.jsonl.gz",
    "kaiflematha-dev/queries.jsonl",
    "xquad/corpus/ar/corpus.jsonl.gz",
    "xquad/queries/ar/queries.jsonl",
    "xquad/queries/en/queries.jsonl",
)


def main() -> int:
    """Measure, print the table and the choice, and write the results."""
    given = _arguments()
    archive = read_archive(given.data, SAMPLE, articles=given.articles, topics=given.topics)
    _say(f"{len(archive.articles):,} articles, {len(archive.topics):,} topics")
    chosen_settings = named(given.only) if given.only else settings()
    measured, costs = anyio.run(partial(_measure, archive, chosen_settings, given.cache))
    compared = compare(chosen_settings, archive.topics, measured)
    sys.stdout.write(table(chosen_settings, costs, compared) + "\n")
    choices = [
        choice(compared, against=base)
        for base in (BODY_BASE, TITLED_BASE)
        if any(row.against == base for row in compared)
    ]
    for made in choices:
        sys.stdout.write(f"use: {made['use']}\n")
    if given.json:
        result = {
            "environment": environment(),
            "files": {name: checksum(given.data / name) for name in FILES},
            "articles": len(archive.articles),
            "topics": _counted(archive.topics),
            "test": "paired randomisation, two-sided, 10,000 permutations, seeded; Holm",
            "choices": choices,
            "settings": costs,
            "compared": [row.as_dict() for row in compared],
        }
        given.json.write_text(as_json(result), encoding="utf-8")
    return 0


async def _measure(
    archive: Archive, chosen_settings: Sequence[Setting], cache: Path
) -> tuple[dict[str, Measures], list[dict[str, object]]]:
    loaded = load_settings(os.environ)
    parts = open_embedder(loaded, report=_say)
    cohort = await load_cohort(parts.embedder, cache_dir=loaded.cache_dir, report=_say)
    kept = KeptVectors(parts, cache / "vectors.sqlite")
    try:
        queries = await kept.queries([topic.text for topic in archive.topics], say=_say)
        bench = Bench(archive, parts, cohort, kept)
        measured: dict[str, Measures] = {}
        costs = []
        for setting in chosen_settings:
            _say(setting.name)
            measured[setting.name], cost = await bench.measure(setting, queries.vectors)
            costs.append(cost)
        return measured, costs
    finally:
        kept.close()


class Bench:
    """All that is the same for every setting."""

    def __init__(
        self, archive: Archive, parts: EmbedderParts, cohort: Cohort, kept: KeptVectors
    ) -> None:
        self._archive = archive
        self._parts = parts
        self._cohort = cohort
        self._kept = kept

    async def measure(
        self, setting: Setting, queries: Vectors
    ) -> tuple[Measures, dict[str, object]]:
        """Measures by mode and topic, and what the setting costs."""
        identity = self._parts.embedder.identity
        chunker = Chunker(self._parts.token_counter, embedder=identity, shape=setting.shape)
        started = time.perf_counter()
        cut = Cut.of(self._archive.articles, chunker)
        cut_s = time.perf_counter() - started
        embedded = await self._kept.passages(cut.texts, say=_say)
        words = Words(cut, LexicalEncoder())
        legs = Legs(cut, vectors=embedded.vectors, words=words, cohort=self._cohort)
        topics = self._archive.topics
        qrels = {topic.id: dict(topic.relevant) for topic in topics}
        measured = {
            mode: _kept_measures(
                measure_topics(qrels, legs.rank(topics, queries, mode=SearchMode(mode)))
            )
            for mode in MODES
        }
        return measured, {
            "setting": setting.name,
            "against": setting.against,
            "shape": asdict(setting.shape),
            "version": chunker.version,
            **_cost(cut, embedded, words),
            "cut_s": round(cut_s, 1),
            "gold_whole": cut.whole_shares(topics),
        }


def _cost(cut: Cut, embedded: Embedded, words: Words) -> dict[str, object]:
    """What is read, and what is stored: vectors, terms of 8 bytes and texts, without the engine."""
    texts = sum(len(one.text.encode()) for one in cut.passages)
    stored = embedded.vectors.nbytes + 8 * words.entries + texts
    return {
        "passages": len(cut.passages),
        "under_a_heading": sum(one.heading is not None for one in cut.passages),
        "mean_tokens": round(sum(one.tokens for one in cut.passages) / len(cut.passages), 1),
        "tokens_read": embedded.tokens,
        "embed_s": round(embedded.seconds, 1),
        "index_mib": round(stored / 2**20, 1),
    }


def _kept_measures(by_topic: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {topic: {name: values[name] for name in MEASURES} for topic, values in by_topic.items()}


def _counted(topics: Sequence[Asked]) -> dict[str, int]:
    groups = [topic.group for topic in topics]
    return {group: groups.count(group) for group in dict.fromkeys(groups)}


def as_json(result: Mapping[str, object]) -> str:
    """Indented, but for the rows of long lists, one a line."""
    parts = []
    for key, value in result.items():
        if isinstance(value, list):
            rows = ",\n".join(f"    {json.dumps(row, ensure_ascii=False)}" for row in value)
            shown = f"[\n{rows}\n  ]"
        else:
            shown = json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\n  ")
        parts.append(f"  {json.dumps(key)}: {shown}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--data", type=Path, required=True, help="holds ant-news, kaiflematha-dev and xquad"
    )
    parser.add_argument("--cache", type=Path, required=True, help="folder to keep vectors in")
    parser.add_argument("--articles", type=int, default=450, help="of the news (default 450)")
    parser.add_argument("--topics", type=int, default=200, help="at most, a set (default 200)")
    parser.add_argument("--only", nargs="+", help="settings by name, with those compared with")
    parser.add_argument("--json", type=Path, help="where to write the result")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
