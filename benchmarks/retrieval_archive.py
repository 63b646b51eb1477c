"""Indexes to search: a corpus that stays, and articles that lie among it for one setting."""

import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from benchmarks.retrieval_baselines import Bm25
from benchmarks.retrieval_rows import Parts
from benchmarks.retrieval_store import RememberingStore
from core.backends.serving_embedder import ServingEmbedder, open_serving_embedder
from core.backends.storage import OpenIndex
from core.ports import PassageEncoder
from core.settings import Settings
from eval.environment import checksum
from eval.records import read_records, record_id
from indexing.report import Progress
from indexing.sources import read_sources
from sanad.composition import Models, open_index, open_kept_encoder, open_models, open_writer

QUESTION_BYTES = 256 * 2**20
"""Vectors of some 10,000 questions, each asked by every row."""

GUESTS_FILE = "guests.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuringModels:
    """The models, loaded once: for writing with kept vectors, for asking with kept questions."""

    writing: Models
    encoder: PassageEncoder
    asking: ServingEmbedder


@asynccontextmanager
async def open_measuring_models(settings: Settings) -> AsyncIterator[MeasuringModels]:
    """The configured models, with the vectors of passages kept in the cache folder."""
    models = await open_models(settings, report=say)
    async with (
        open_kept_encoder(models, settings) as encoder,
        open_serving_embedder(models.embedder.embedder, cache_bytes=QUESTION_BYTES) as asking,
    ):
        yield MeasuringModels(writing=models, encoder=encoder, asking=asking)


class Archive:
    """An index of one corpus, in which other articles are guests for as long as they are needed.

    So 36,000 articles are written once, and each setting puts its few hundred beside them, through
    the product's own write path. Statistics over the index never count a guest that has left.
    """

    def __init__(
        self, models: MeasuringModels, store: OpenIndex, *, settings: Settings, base: Sequence[Path]
    ) -> None:
        self._models = models
        self._store = store
        self._settings = settings
        self._base = base
        self._guest_list = settings.data_dir / GUESTS_FILE
        self._base_texts: dict[str, str] | None = None

    async def prepare(self) -> None:
        """Bring the corpus up to date; guests that a killed run has left behind are sent away."""
        await self.send_away()
        await self._write(self._base)

    async def invite(self, guests: Sequence[Path]) -> list[str]:
        """Put the articles of the files `guests` beside the corpus; their ids.

        Raises:
            SystemExit: one has the id of an article of the corpus.
        """
        ids = article_ids(guests)
        if twice := set(ids) & set(article_ids(self._base)):
            raise SystemExit(f"{min(twice)} is in the corpus and among the articles put beside it")
        # Written before they come, and whole, so that they are known whatever happens.
        part = self._guest_list.with_suffix(".part")
        part.write_text(json.dumps(ids), encoding="utf-8")
        part.replace(self._guest_list)
        await self._write(guests)
        return ids

    async def send_away(self) -> None:
        """Take all guests out."""
        if self._guest_list.is_file():
            await self._store.delete_articles(json.loads(self._guest_list.read_text("utf-8")))
            self._guest_list.unlink()

    @asynccontextmanager
    async def hosting(self, guests: Sequence[Path], *, now: datetime) -> AsyncIterator[Parts]:
        """The parts of every row, over the corpus with the articles of the files `guests`."""
        if self._base_texts is None:
            self._base_texts = await self._texts(article_ids(self._base))
        try:
            ids = await self.invite(guests)
            texts = self._base_texts | await self._texts(ids)
            yield Parts(
                embedder=self._models.asking,
                store=RememberingStore(self._store),
                lexical=self._models.writing.lexical,
                cohort=self._models.writing.cohort,
                bm25=Bm25(texts),
                now=now,
            )
        finally:
            await self.send_away()

    async def describe(self) -> dict[str, object]:
        """How a manifest tells the index."""
        status = await self._store.status()
        return {
            "identity": self._models.writing.identity.as_dict(),
            "articles": status.articles,
            "passages": status.passages,
            "languages": dict(status.languages),
        }

    async def _write(self, corpora: Sequence[Path]) -> None:
        if not corpora:
            return
        names = [str(path) for path in corpora]
        items = read_sources(names, settings=self._settings, stdin=None)
        writer = open_writer(self._models.writing, self._store, encoder=self._models.encoder)
        report = await writer.run(items, on_progress=_telling(every_s=60))
        for rejection in report.rejected:
            say(f"rejected: {Path(rejection.source).name}: {rejection.reason}")
        say(
            f"{report.indexed} articles indexed, {report.updated} updated, "
            f"{report.unchanged} unchanged, {report.passages} passages in {report.seconds:.0f} s"
        )

    async def _texts(self, ids: Iterable[str]) -> dict[str, str]:
        """What the legs of the product are given of each passage, by its id."""
        texts = {}
        for key in ids:
            stored = await self._store.get_article(key)
            if stored is None:
                continue
            for passage in await self._store.get_passages(key):
                texts[passage.id] = self._models.writing.chunker.embedding_text(
                    stored.article, passage
                )
        return texts


@asynccontextmanager
async def open_archive(
    settings: Settings, models: MeasuringModels, base: Sequence[Path], *, lane: int = 0
) -> AsyncIterator[Archive]:
    """An archive of the files `base`, kept in the cache folder for next time, for each `lane`."""
    sums = [checksum(path) for path in base]
    key = sha256(repr(("hosting", models.writing.identity, sums)).encode()).hexdigest()[:16]
    own = settings.model_copy(
        update={"store": "edge", "data_dir": settings.cache_dir / "eval" / f"{key}-{lane}"}
    )
    async with open_index(
        own, models.writing, command="benchmarks/retrieval.py", create=True
    ) as store:
        archive = Archive(models, store, settings=own, base=base)
        await archive.prepare()
        yield archive


def article_ids(corpora: Iterable[Path]) -> list[str]:
    """Ids of the articles of `corpora`, in order."""
    return [record_id(record, path) for path in corpora for record in read_records(path)]


def _telling(*, every_s: float) -> Callable[[Progress], None]:
    """Tells how far indexing is, now and then: a log shows it too."""
    told_at = time.monotonic()

    def on_progress(progress: Progress) -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= every_s:
            told_at = time.monotonic()
            say(f"{progress.articles} articles, {progress.passages_embedded} passages read …")

    return on_progress


def say(line: str) -> None:
    """One line of progress on stderr."""
    sys.stderr.write(line + "\n")
