"""Indexes one file in this process and measures it; started by indexing.py.

Prints one JSON object. `stages_s` are the seconds spent inside each port of the pipeline; parts
that run at the same time count both.
"""

import inspect
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import anyio

from core.passage_encoder import TokenPassageEncoder
from core.ports import IndexStore
from core.settings import Settings, load_settings
from core.types import TokenVectors
from indexing.pipeline import IndexingPipeline
from indexing.report import IndexReport, Progress
from indexing.sources import SourceItem, read_sources
from sanad.composition import Models, open_index, open_models

P = ParamSpec("P")
T = TypeVar("T")

SPECIAL_TOKENS = 2
SAMPLE_TEXTS = 256
"""Texts that are embedded again after the run, to know what the embedder does alone."""

SAY_EVERY_S = 30


class Stages:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def spending(self, stage: str) -> Iterator[None]:
        """Add the time until the end of the block to `stage`."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += time.perf_counter() - started

    def timed(self, stage: str, function: Callable[P, T]) -> Callable[P, T]:
        """`function`, its time added to `stage`."""

        def called(*args: P.args, **kwargs: P.kwargs) -> T:
            with self.spending(stage):
                return function(*args, **kwargs)

        return called

    def awaited(self, stage: str, function: Callable[P, Awaitable[T]]) -> Callable[P, Awaitable[T]]:
        """`function`, the time until its result is there added to `stage`."""

        async def called(*args: P.args, **kwargs: P.kwargs) -> T:
            with self.spending(stage):
                return await function(*args, **kwargs)

        return called


class Port:
    """A part of the pipeline whose methods in `stages` are timed; all else is the part's own."""

    def __init__(self, inner: object, timer: Stages, stages: dict[str, str]) -> None:
        self._inner = inner
        for name, stage in stages.items():
            method = getattr(inner, name)
            wrap = timer.awaited if inspect.iscoroutinefunction(method) else timer.timed
            setattr(self, name, wrap(stage, method))

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


class CountingEmbedder:
    """The write path's embedder: counts the tokens that it embeds, and keeps the first texts."""

    def __init__(self, models: Models, timer: Stages) -> None:
        self._inner = models.embedder.embedder
        self._counter = models.embedder.token_counter
        self._timer = timer
        self.identity = self._inner.identity
        self.tokens = 0
        self.sample: list[str] = []

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """See TokenEmbedder."""
        with self._timer.spending("counting_here"):
            self.tokens += self.count(texts)
        self.sample += texts[: SAMPLE_TEXTS - len(self.sample)]
        with self._timer.spending("embedding"):
            return await self._inner.embed_passage_tokens(texts)

    def count(self, texts: Sequence[str]) -> int:
        """Tokens of the texts as the model gets them, with prompt and special tokens."""
        prompt = self.identity.passage_prompt
        counts = self._counter.count_tokens([prompt + text for text in texts])
        return sum(count + SPECIAL_TOKENS for count in counts)


class Pace:
    """Articles done over time; says so from time to time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._started = self._said = time.perf_counter()
        self._seen: list[tuple[float, int]] = [(0.0, 0)]

    def __call__(self, progress: Progress) -> None:
        """Called by the pipeline."""
        now = time.perf_counter()
        self._seen.append((now - self._started, progress.articles))
        if now - self._said > SAY_EVERY_S:
            self._said = now
            rate = progress.articles / (now - self._started)
            _say(f"  {progress.articles:,} of {self._size:,}, {rate:.1f}/s")

    def tenths(self) -> list[float]:
        """Articles a second in each tenth of the articles, in order."""
        bounds = [self._at(self._seen[-1][1] * part / 10) for part in range(11)]
        return [
            round((after[1] - before[1]) / (after[0] - before[0]), 2)
            for before, after in zip(bounds, bounds[1:], strict=False)
            if after[0] > before[0]
        ]

    def _at(self, articles: float) -> tuple[float, int]:
        return next(point for point in self._seen if point[1] >= articles)


def main() -> None:
    """Index the file named first, of as many articles as is named second."""
    path, size = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({**os.environ, "SANAD_DATA_DIR": folder})
        json.dump(anyio.run(_measure, settings, path, int(size)), sys.stdout)


async def _measure(settings: Settings, path: str, size: int) -> dict[str, object]:
    models = await open_models(settings, report=_say)
    ready_mib = _memory_mib("VmRSS")
    stages, pace = Stages(), Pace(size)
    embedder = CountingEmbedder(models, stages)
    async with open_index(settings, models, command="benchmark", create=True) as store:
        pipeline = _pipeline(models, embedder, store, stages)
        items = _timed_items(read_sources([path], settings=settings, stdin=None), stages)
        report = await pipeline.run(items, on_progress=pace)
        peak_mib, index_bytes = _memory_mib("VmHWM"), store.size_on_disk()
    alone = await _tokens_per_s_alone(models, embedder)
    return _result(report, embedder.tokens, alone=alone, pace=pace, stages=stages) | {
        "ready_mib": ready_mib,
        "peak_mib": peak_mib,
        "index_mib": round(index_bytes / 2**20, 1),
    }


def _pipeline(
    models: Models, embedder: CountingEmbedder, store: IndexStore, stages: Stages
) -> IndexingPipeline:
    chunking = {"split": "chunking", "embedding_text": "chunking"}
    lookups = dict.fromkeys(("get_article", "content_hashes"), "looking_up")
    parts: dict[str, Any] = {
        "encoder": TokenPassageEncoder(embedder, models.cohort.codec),
        "chunker": Port(models.chunker, stages, chunking),
        "lexical": Port(models.lexical, stages, {"encode_passage": "encoding_terms"}),
        "store": Port(store, stages, lookups | {"replace_articles": "writing"}),
    }
    return IndexingPipeline(**parts)


def _timed_items(items: Iterable[SourceItem], stages: Stages) -> Iterator[SourceItem]:
    following = stages.timed("reading", iter(items).__next__)
    while True:
        try:
            item = following()
        except StopIteration:
            return
        yield item


async def _tokens_per_s_alone(models: Models, embedder: CountingEmbedder) -> float:
    """What the embedder does with the first texts of the run when it has nothing else to do."""
    tokens = embedder.count(embedder.sample)
    started = time.perf_counter()
    await models.embedder.embedder.embed_passage_tokens(embedder.sample)
    return tokens / (time.perf_counter() - started)


def _result(
    report: IndexReport, tokens: int, *, alone: float, pace: Pace, stages: Stages
) -> dict[str, object]:
    tenths = pace.tenths()
    return {
        "articles": report.indexed,
        "rejected": len(report.rejected),
        "passages": report.passages,
        "tokens": tokens,
        "seconds": round(report.seconds, 3),
        "stages_s": {name: round(spent, 3) for name, spent in stages.seconds.items()},
        "embedder_alone_tokens_per_s": round(alone, 1),
        "share_of_embedder": round(tokens / report.seconds / alone, 4),
        "articles_per_s_by_tenth": tenths,
        "first_tenth_per_s": tenths[0],
        "last_tenth_per_s": tenths[-1],
    }


def _memory_mib(field: str) -> float:
    """Of this process: VmRSS is what it holds, VmHWM the most that it ever held."""
    # Not getrusage: its figure for a child begins with the parent's.
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith(f"{field}:"))
    return round(int(line.split()[1]) / 1024, 1)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
