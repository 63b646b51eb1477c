"""The read path over an index of exactly the corpora that are measured."""

import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from core.ports import ArticleStore
from core.settings import Settings
from eval.collection import Collection, corpus_file, named_files
from eval.environment import checksum
from sanad.composition import Reader
from sanad.progress import indexing_progress
from sanad.session import stderr_report


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """An index with its read path and its `articles`.

    `description` is what GET /v1/index would tell of it, and `seconds`: how long it took to bring
    it up to date.
    """

    reader: Reader
    articles: ArticleStore
    description: dict[str, object]
    settings: Settings


@asynccontextmanager
async def open_indexed(
    settings: Settings,
    collection: Collection,
    distractors: Iterable[Path],
    *,
    now: datetime | None = None,
) -> AsyncIterator[Indexed]:
    """An index of exactly these corpora, kept in the cache for next time, as are the vectors.

    With `now`, questions are asked at that time: "last month" stays the same month.
    """
    from indexing.sources import read_sources  # noqa: PLC0415
    from sanad.composition import (  # noqa: PLC0415
        open_index,
        open_kept_encoder,
        open_models,
        open_reader,
        open_writer,
    )

    corpora = [*collection.corpus, *distractor_files(distractors).values()]
    models = await open_models(settings, report=stderr_report)
    sums = [checksum(path) for path in corpora]
    key = sha256(repr((models.identity, sums)).encode()).hexdigest()[:16]
    own = settings.model_copy(
        update={"store": "edge", "data_dir": settings.cache_dir / "eval" / key}
    )
    started = time.perf_counter()
    async with (
        open_kept_encoder(models, settings) as encoder,
        open_index(own, models, command="sanad eval", create=True, stays_open=True) as store,
    ):
        items = read_sources([str(path) for path in corpora], settings=own, stdin=None)
        with indexing_progress() as on_progress:
            await open_writer(models, store, encoder=encoder).run(items, on_progress=on_progress)
        seconds = round(time.perf_counter() - started, 3)
        reader = await open_reader(
            own,
            models,
            store,
            report=stderr_report,
            now=None if now is None else lambda: now,
        )
        status = await store.status()
        yield Indexed(
            reader=reader,
            articles=store,
            description={
                "identity": models.identity.as_dict(),
                "articles": status.articles,
                "passages": status.passages,
                "languages": dict(status.languages),
                "seconds": seconds,
            },
            settings=own,
        )


def distractor_files(folders: Iterable[Path]) -> dict[str, Path]:
    """The corpus of each folder, by the name under which a manifest tells it.

    Raises:
        SourceUnreadable: a folder holds none.
    """
    return {
        name: path
        for folder in folders
        for name, path in named_files(folder, [corpus_file(folder)]).items()
    }
