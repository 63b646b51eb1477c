"""`sanad reindex`: rebuild the index with the configured model, from the articles it holds."""

from collections.abc import AsyncIterator
from functools import partial

import anyio

from core.settings import Settings
from core.types import StoredArticle
from indexing.sources.items import Rejection
from sanad.exit_status import DONE, NOT_ALL
from sanad.progress import counting_progress
from sanad.session import start, stderr_report

BATCH = 32
"""Articles written at a time."""


def reindex() -> int:
    """Rebuild the whole index with the configured model, chunker and normaliser.

    Works from the article texts that the index keeps, so the sources are not needed. The old
    index is replaced only when the new one is complete; stopping on the way leaves it as it was.
    """
    settings = start()
    count, rejected = anyio.run(partial(_reindex, settings))
    for rejection in rejected:
        stderr_report(f"rejected {rejection.source}: {rejection.reason}")
    stderr_report(f"rebuilt the index: {count} articles, {len(rejected)} rejected")
    return NOT_ALL if rejected else DONE


async def _reindex(settings: Settings) -> tuple[int, list[Rejection]]:
    from core.backends.storage import open_store  # noqa: PLC0415
    from sanad.composition import open_models, open_writer  # noqa: PLC0415

    models = await open_models(settings, report=stderr_report)
    async with open_store(settings, identity=None, command="sanad reindex", create=False) as store:
        total = (await store.status()).articles
        fresh = await store.begin_generation(models.identity)
        count, rejected = 0, []
        try:
            writer = open_writer(models, fresh)
            with counting_progress("articles", total=total) as advance:
                async for batch in _batches(store.iterate_articles()):
                    rejected += await writer.rewrite(batch)
                    count += len(batch)
                    for _ in batch:
                        advance()
            await fresh.promote()
        finally:
            fresh.close()
    return count - len(rejected), rejected


async def _batches(articles: AsyncIterator[StoredArticle]) -> AsyncIterator[list[StoredArticle]]:
    batch: list[StoredArticle] = []
    async for stored in articles:
        batch.append(stored)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
