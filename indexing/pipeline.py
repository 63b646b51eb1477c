"""The write path: articles in, passages with their vectors in the store, one verdict each.

Every step is repeatable: an article whose content hash the index already holds is left alone,
a changed one replaces its former self whole. So a run that was killed is mended by running
again.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
import numpy as np

from core.errors import ArticleRejected
from core.ids import content_hash
from core.lexical import LexicalEncoder
from core.ports import Embedder, IndexStore, Verdict
from core.types import Article, StoredArticle, Vectors
from indexing.batches import Batch, BatchReader
from indexing.chunking import Chunker
from indexing.locks import KeyedLocks
from indexing.preparation import PreparedArticle, normalise, prepare
from indexing.report import IndexReport, Progress, Tally
from indexing.sources.items import Position, Rejection, SkippedFile, SourceArticle, SourceItem

GROUP_PASSAGES = 64
"""An article more is taken until a group has so many; a group becomes durable as a whole."""

SLICE_PASSAGES = 128
"""Embedded by one call; room for the embedder to put texts of like length together."""

_logger = logging.getLogger(__name__)
_Given = TypeVar("_Given")
_Result = TypeVar("_Result")


@dataclass(slots=True)
class _Run:
    """The state of one run."""

    tally: Tally
    started: float
    on_progress: Callable[[Progress], None]
    position: Position | None = None
    passages_embedded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    """An article that has passages to be embedded, and what it replaces."""

    prepared: PreparedArticle
    verdict: Verdict
    version: int


class IndexingPipeline:
    """Implements ArticleWriter, and `run` for many articles at once."""

    def __init__(
        self,
        *,
        embedder: Embedder,
        chunker: Chunker,
        lexical: LexicalEncoder,
        store: IndexStore,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._embedder = embedder
        self._chunker = chunker
        self._lexical = lexical
        self._store = store
        self._clock = clock
        self._locks = KeyedLocks()
        # Reading and chunking each have a thread of their own, not the pool of everyone.
        self._reading = anyio.CapacityLimiter(1)
        self._chunking = anyio.CapacityLimiter(1)

    async def put(self, article: Article) -> Verdict:
        """Index or update one article; durable on return.

        Raises:
            ArticleRejected: it holds nothing that can be indexed.
            BackendError: the embedder or the store failed; the article is as it was before.
        """
        article = await self._off_loop(normalise, article)
        async with self._locks.hold([article.id]):
            digest = await self._off_loop(content_hash, article)
            known = await self._store.content_hashes([article.id])
            if known.get(article.id) == digest:
                return Verdict.UNCHANGED
            ready = await self._ready(article)
            await self._write([ready], run=None)
        return ready.verdict

    async def delete(self, article_id: str) -> bool:
        """Remove an article; False if it was not there."""
        async with self._locks.hold([article_id]):
            if await self._store.get_article(article_id) is None:
                return False
            await self._store.delete_articles([article_id])
        return True

    async def rewrite(self, stored: Sequence[StoredArticle]) -> list[Rejection]:
        """Write articles of another index, with their versions, as this pipeline makes them.

        Durable on return. Articles that cannot be written are returned with their id as the
        source: none, unless the rules of what is accepted have changed.

        Raises:
            BackendError: the embedder or the store failed; none of these articles is promised.
        """
        ready: list[_Ready] = []
        rejected: list[Rejection] = []
        for each in stored:
            try:
                article = await self._off_loop(normalise, each.article)
                prepared = await self._prepared(article)
            except ArticleRejected as exc:
                rejected.append(Rejection(source=each.article.id, reason=str(exc)))
                continue
            ready.append(_Ready(prepared=prepared, verdict=Verdict.INDEXED, version=each.version))
        if ready:
            await self._write(ready, run=None)
        return rejected

    async def run(
        self, items: Iterable[SourceItem], *, on_progress: Callable[[Progress], None]
    ) -> IndexReport:
        """Index all `items`; reports what is durable.

        `on_progress` is called after every write and every slice of embedding; its last value
        holds the report of what was done, should the run be cancelled or fail. Each group of
        articles is durable before the next is embedded.

        Raises:
            BackendError: the embedder or the store failed; what was reported so far stays.
        """
        run = _Run(tally=Tally(), started=self._clock(), on_progress=on_progress)
        reader = BatchReader(items)
        while (batch := await self._read(reader)) is not None:
            await self._index(batch, run)
            run.position = batch.position or run.position
            self._tell(run)
        return run.tally.report(seconds=self._clock() - run.started)

    async def _read(self, reader: BatchReader) -> Batch | None:
        # Abandoned on cancellation: a source may block for ever, and nothing read is lost.
        return await anyio.to_thread.run_sync(
            reader.next, limiter=self._reading, abandon_on_cancel=True
        )

    async def _index(self, batch: Batch, run: _Run) -> None:
        articles: dict[str, SourceArticle] = {}
        for item in batch.items:
            if isinstance(item, Rejection):
                run.tally.reject(item)
            elif isinstance(item, SkippedFile):
                run.tally.skip(item)
            else:
                articles[item.article.id] = item
                run.tally.ignore(item.ignored_keys, source=item.source)
        if not articles:
            return
        async with self._locks.hold(articles):
            hashes = await self._off_loop(_hashes, tuple(articles.values()))
            known = await self._store.content_hashes(articles)
            changed = [item for key, item in articles.items() if known.get(key) != hashes[key]]
            for _ in range(len(articles) - len(changed)):
                run.tally.add(Verdict.UNCHANGED)
            await self._index_changed(changed, run)

    async def _index_changed(self, changed: Sequence[SourceArticle], run: _Run) -> None:
        """Prepare articles until their passages fill an embedding call, then write them."""
        waiting: list[_Ready] = []
        for item in changed:
            try:
                ready = await self._ready(item.article)
            except ArticleRejected as exc:
                run.tally.reject(Rejection(source=item.source, reason=str(exc)))
                continue
            waiting.append(ready)
            run.position = item.position
            if sum(len(each.prepared.texts) for each in waiting) >= GROUP_PASSAGES:
                await self._write(waiting, run=run)
                waiting = []
        if waiting:
            await self._write(waiting, run=run)

    async def _ready(self, article: Article) -> _Ready:
        prepared = await self._prepared(article)
        previous = await self._store.get_article(article.id)
        if previous is None:
            return _Ready(prepared=prepared, verdict=Verdict.INDEXED, version=1)
        # The same content under this hash was being written when a run was killed.
        again = previous.content_hash == prepared.content_hash
        return _Ready(
            prepared=prepared,
            verdict=Verdict.UPDATED,
            version=previous.version if again else previous.version + 1,
        )

    async def _prepared(self, article: Article) -> PreparedArticle:
        return await self._off_loop(
            partial(prepare, chunker=self._chunker, lexical=self._lexical), article
        )

    async def _write(self, group: Sequence[_Ready], *, run: _Run | None) -> None:
        """Embed and store a group of articles, whole."""
        texts = [text for each in group for text in each.prepared.texts]
        vectors = await self._embed(texts, run)
        embedded = []
        start = 0
        for each in group:
            end = start + len(each.prepared.texts)
            embedded.append(each.prepared.embedded(vectors[start:end], version=each.version))
            start = end
        # Shielded, so that the report counts exactly what became durable.
        with anyio.CancelScope(shield=True):
            await self._store.replace_articles(embedded)
            if run is not None:
                for each in group:
                    run.tally.add(each.verdict, passages=len(each.prepared.texts))
                self._tell(run)
        _logger.debug("indexed articles=%d passages=%d", len(group), len(texts))

    async def _embed(self, texts: Sequence[str], run: _Run | None) -> Vectors:
        """(n, dim) in the order of `texts`; slice by slice, so that long articles show progress."""
        vectors = np.zeros((len(texts), self._embedder.identity.dimension), np.float32)
        for start in range(0, len(texts), SLICE_PASSAGES):
            part = texts[start : start + SLICE_PASSAGES]
            vectors[start : start + len(part)] = await self._embedder.embed_passages(part)
            if run is not None:
                run.passages_embedded += len(part)
                self._tell(run)
        return vectors

    def _tell(self, run: _Run) -> None:
        run.on_progress(
            run.tally.progress(
                seconds=self._clock() - run.started,
                position=run.position,
                passages_embedded=run.passages_embedded,
            )
        )

    async def _off_loop(self, function: Callable[[_Given], _Result], given: _Given) -> _Result:
        return await anyio.to_thread.run_sync(function, given, limiter=self._chunking)


def _hashes(items: Sequence[SourceArticle]) -> dict[str, str]:
    return {item.article.id: content_hash(item.article) for item in items}
