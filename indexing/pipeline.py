"""The write path: articles in, passages with their vectors in the store, one verdict each.

Every step is repeatable: an article whose content hash the index already holds is left alone,
a changed one replaces its former self whole. So a run that was killed is mended by running
again.
"""

import itertools
import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread
from anyio.abc import TaskGroup, TaskStatus

from core.errors import ArticleRejected
from core.ids import content_hash
from core.lexical import LexicalEncoder
from core.ports import IndexStore, Outcome, PassageEncoder, Precondition, Verdict
from core.tasks import bare_faults
from core.types import Article, StoredArticle
from core.vectors import PassageVectors
from indexing.batches import Batch, BatchReader
from indexing.chunking import Chunker
from indexing.locks import KeyedLocks
from indexing.preparation import PreparedArticle, normalise, normalise_each, prepare
from indexing.report import IndexReport, Progress, Tally
from indexing.run import (
    BATCHES_AT_A_TIME,
    Place,
    Ready,
    Run,
    count_others,
    groups,
)
from indexing.sources.items import Rejection, SourceArticle, SourceItem

SLICE_PASSAGES = 128
"""Embedded by one call; room for the embedder to put texts of like length together."""

_logger = logging.getLogger(__name__)
_Given = TypeVar("_Given")
_Result = TypeVar("_Result")


class IndexingPipeline:
    """Implements ArticleWriter, and `run` for many articles at once."""

    def __init__(
        self,
        *,
        encoder: PassageEncoder,
        chunker: Chunker,
        lexical: LexicalEncoder,
        store: IndexStore,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._encoder = encoder
        self._chunker = chunker
        self._lexical = lexical
        self._store = store
        self._clock = clock
        self._locks = KeyedLocks()
        # Reading and chunking each have a thread of their own, not the pool of everyone.
        self._reading = anyio.CapacityLimiter(1)
        self._chunking = anyio.CapacityLimiter(1)

    async def put(self, article: Article, *, precondition: Precondition | None = None) -> Verdict:
        """Index or update one article; durable on return.

        Raises:
            ArticleRejected: it holds nothing that can be indexed.
            BackendError: the embedder or the store failed; the article is as it was before.
        """
        [outcome] = await self.put_many([article], precondition=precondition)
        if isinstance(outcome, ArticleRejected):
            raise outcome
        return outcome

    async def put_many(
        self, articles: Sequence[Article], *, precondition: Precondition | None = None
    ) -> list[Outcome]:
        """Index or update articles of different ids, embedded together; one outcome each, in order.

        Raises:
            BackendError: the embedder or the store failed; each article is as it was or written.
        """
        given = await self._off_loop(normalise_each, articles)
        valid = {each.id for each in given if isinstance(each, Article)}
        async with self._locks.hold(valid):
            if precondition is not None:
                for article_id in valid:
                    precondition(await self._store.get_article(article_id))
            known = await self._store.content_hashes(valid)
            judged = [await self._judged(each, known) for each in given]
            for group in groups([each for each in judged if isinstance(each, Ready)]):
                await self._write(group, run=None)
        return [each.verdict if isinstance(each, Ready) else each for each in judged]

    async def delete(self, article_id: str, *, precondition: Precondition | None = None) -> bool:
        """Remove an article; False if it was not there."""
        async with self._locks.hold([article_id]):
            stored = await self._store.get_article(article_id)
            if precondition is not None:
                precondition(stored)
            if stored is None:
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
        ready: list[Ready] = []
        rejected: list[Rejection] = []
        for each in stored:
            try:
                article = await self._off_loop(normalise, each.article)
                prepared = await self._prepared(article)
            except ArticleRejected as exc:
                rejected.append(Rejection(source=each.article.id, reason=str(exc)))
                continue
            ready.append(Ready(prepared=prepared, verdict=Verdict.INDEXED, version=each.version))
        if ready:
            await self._write(ready, run=None)
        return rejected

    async def run(
        self, items: Iterable[SourceItem], *, on_progress: Callable[[Progress], None]
    ) -> IndexReport:
        """Index all `items`; reports what is durable.

        `on_progress` is called after every write and every slice of embedding; its last value
        holds the report of what was done, should the run be cancelled or fail. Two batches at
        most are under way; each group of articles of one is durable before its next is embedded.

        Raises:
            BackendError: the embedder or the store failed; what was reported so far stays.
        """
        run = Run(tally=Tally(), started=self._clock(), on_progress=on_progress)
        with bare_faults():
            async with anyio.create_task_group() as tasks:
                await self._feed(BatchReader(items), run, tasks)
        return run.tally.report(seconds=self._clock() - run.started)

    async def _feed(self, reader: BatchReader, run: Run, tasks: TaskGroup) -> None:
        """Read batches and start each one; a broken source stops after what was read."""
        for number in itertools.count():
            await run.slots.acquire()
            try:
                batch = await self._read(reader)
            # A source may raise anything; it is raised again once what was read is written: every
            # batch gives its slot back when it is done.
            except Exception:
                for _ in range(BATCHES_AT_A_TIME - 1):
                    await run.slots.acquire()
                raise
            if batch is None:
                return
            await tasks.start(self._index, batch, number, run)

    async def _read(self, reader: BatchReader) -> Batch | None:
        # Abandoned on cancellation: a source may block for ever, and nothing read is lost.
        return await anyio.to_thread.run_sync(
            reader.next, limiter=self._reading, abandon_on_cancel=True
        )

    async def _index(
        self, batch: Batch, number: int, run: Run, *, task_status: TaskStatus[None]
    ) -> None:
        articles = {
            item.article.id: item for item in batch.items if isinstance(item, SourceArticle)
        }
        async with self._locks.hold(articles):
            # From here on the next batch comes after this one wherever both need the same.
            task_status.started()
            async with run.preparing:
                count_others(batch, run.tally)
                ready = await self._changed(articles, number, run)
            for group in groups(ready):
                await self._write(group, run=run)
        run.reached(Place(number, batch.position))
        self._tell(run)
        run.slots.release()

    async def _changed(
        self, articles: dict[str, SourceArticle], number: int, run: Run
    ) -> list[Ready]:
        """Those articles that the index does not hold as they are, prepared."""
        if not articles:
            return []
        hashes = await self._off_loop(_hashes, tuple(articles.values()))
        known = await self._store.content_hashes(articles)
        ready: list[Ready] = []
        for key, item in articles.items():
            if known.get(key) == hashes[key]:
                run.tally.add(Verdict.UNCHANGED)
                continue
            try:
                changed = await self._ready(item.article)
            except ArticleRejected as exc:
                run.tally.reject(Rejection(source=item.source, reason=str(exc)))
                continue
            ready.append(replace(changed, place=Place(number, item.position)))
        return ready

    async def _judged(
        self, given: Article | ArticleRejected, known: Mapping[str, str]
    ) -> Ready | Outcome:
        """`given` prepared, if the index does not hold it as it is and it can be indexed."""
        if isinstance(given, ArticleRejected):
            return given
        if known.get(given.id) == await self._off_loop(content_hash, given):
            return Verdict.UNCHANGED
        try:
            return await self._ready(given)
        except ArticleRejected as exc:
            return exc

    async def _ready(self, article: Article) -> Ready:
        prepared = await self._prepared(article)
        previous = await self._store.get_article(article.id)
        if previous is None:
            return Ready(prepared=prepared, verdict=Verdict.INDEXED, version=1)
        # The same content under this hash was being written when a run was killed.
        again = previous.content_hash == prepared.content_hash
        return Ready(
            prepared=prepared,
            verdict=Verdict.UPDATED,
            version=previous.version if again else previous.version + 1,
        )

    async def _prepared(self, article: Article) -> PreparedArticle:
        return await self._off_loop(
            partial(prepare, chunker=self._chunker, lexical=self._lexical), article
        )

    async def _write(self, group: Sequence[Ready], *, run: Run | None) -> None:
        """Embed and store a group of articles, whole."""
        texts = [text for each in group for text in each.prepared.texts]
        languages = [passage.language for each in group for passage in each.prepared.passages]
        async with nullcontext() if run is None else run.embedding:
            if run is not None:
                run.reached(group[-1].place)
            vectors = await self._embed(texts, languages, run)
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

    async def _embed(
        self, texts: Sequence[str], languages: Sequence[str], run: Run | None
    ) -> list[PassageVectors]:
        """In the order of `texts`; slice by slice, so that long articles show progress."""
        vectors: list[PassageVectors] = []
        for start in range(0, len(texts), SLICE_PASSAGES):
            part = texts[start : start + SLICE_PASSAGES]
            spoken = languages[start : start + SLICE_PASSAGES]
            vectors += await self._encoder.encode(part, languages=spoken)
            if run is not None:
                run.passages_embedded += len(part)
                self._tell(run)
        return vectors

    def _tell(self, run: Run) -> None:
        run.on_progress(
            run.tally.progress(
                seconds=self._clock() - run.started,
                position=run.place.position,
                passages_embedded=run.passages_embedded,
            )
        )

    async def _off_loop(self, function: Callable[[_Given], _Result], given: _Given) -> _Result:
        return await anyio.to_thread.run_sync(function, given, limiter=self._chunking)


def _hashes(items: Sequence[SourceArticle]) -> dict[str, str]:
    return {item.article.id: content_hash(item.article) for item in items}
