"""An index that is worth a graph, and its optimisation."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.backends.edge_graph import Graph, Quantization
from core.backends.edge_optimize import STEP, OptimizeProgress, OptimizeReport, optimize_index
from core.backends.edge_store import EdgeStore, open_edge_store
from core.types import EmbeddedArticle
from tests.contracts.store_archive import brief, embedded, identity_of, random_unit, terms

ARTICLES = 1500
LANGUAGES = ("ar", "fa", "en", "zh")
TEXTS = ("نصّ عن الميناء رقم {n} 🚢", "بندر {n} آغاز شد", "Port {n} of دبي", "第{n}号港口")
FIRST = datetime(2024, 1, 1, tzinfo=UTC)

PLAIN = Graph(quantization=Quantization.NONE, full_scan_kb=1)
INT8 = Graph(quantization=Quantization.INT8, full_scan_kb=1)
"""Graphs that are built and walked even over the few passages of a test."""


def article(number: int, *, version: int = 1, day: int | None = None) -> EmbeddedArticle:
    """One passage; languages take turns, as do ninety days."""
    body = TEXTS[number % 4].format(n=number) + "!" * version
    published = FIRST + timedelta(days=number % 90 if day is None else day)
    return embedded(
        brief(f"خبر-{number}", body, language=LANGUAGES[number % 4], published_at=published),
        dense=[random_unit(1_000_000 * version + number)],
        lexical=[terms(1, 10 + number % 7, 100 + number)],
        version=version,
    )


def opened(data_dir: Path) -> EdgeStore:
    return open_edge_store(data_dir, identity=identity_of(), command="pytest", create=True)


def optimized(data_dir: Path, graph: Graph = PLAIN, *, step: int = STEP) -> OptimizeReport:
    return optimize_index(data_dir, graph=graph, command="pytest", watch=unwatched, step=step)


def unwatched(_progress: OptimizeProgress) -> None:
    """Nobody looks."""


def generation_names(data_dir: Path) -> list[str]:
    return sorted(path.name for path in (data_dir / "index").glob("generation-*"))


async def fill(data_dir: Path) -> None:
    """An index of ARTICLES, closed again."""
    store = opened(data_dir)
    await store.replace_articles([article(number) for number in range(ARTICLES)])
    store.close()
