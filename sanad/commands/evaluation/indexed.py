"""The read path over an index of exactly the corpora that are measured."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

from core.settings import Settings
from eval.collection import Collection, corpus_file
from sanad.composition import Reader
from sanad.progress import indexing_progress
from sanad.session import stderr_report

KEPT_SENTENCES = 8_000
"""A collection's questions come back to the same articles; about 0.5 GB when full."""


@asynccontextmanager
async def open_indexed(
    settings: Settings, collection: Collection, distractors: list[Path]
) -> AsyncIterator[Reader]:
    """The read path over an index of exactly these corpora, kept in the cache for next time."""
    from indexing.sources import read_sources  # noqa: PLC0415
    from sanad.composition import (  # noqa: PLC0415
        open_index,
        open_models,
        open_reader,
        open_writer,
    )

    corpora = [*collection.corpus, *(corpus_file(folder) for folder in distractors)]
    models = await open_models(settings, report=stderr_report)
    key = sha256(repr((models.identity, _fingerprints(corpora))).encode()).hexdigest()[:16]
    own = settings.model_copy(
        update={"store": "edge", "data_dir": settings.cache_dir / "eval" / key}
    )
    async with open_index(own, models, command="sanad eval", create=True) as store:
        items = read_sources([str(path) for path in corpora], settings=own, stdin=None)
        with indexing_progress() as on_progress:
            await open_writer(models, store).run(items, on_progress=on_progress)
        yield await open_reader(
            own, models, store, report=stderr_report, kept_sentences=KEPT_SENTENCES
        )


def _fingerprints(corpora: Iterable[Path]) -> list[str]:
    return [sha256(path.read_bytes()).hexdigest() for path in corpora]
