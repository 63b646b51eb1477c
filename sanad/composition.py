"""The composition root: builds the parts from the settings, once, and closes them in order."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import anyio.to_thread

from core import token_codec
from core.backends.embedding import EmbedderParts, open_embedder
from core.backends.integer_product import open_integer_product
from core.backends.language_tables import open_identifier
from core.backends.reranking import open_reranker
from core.backends.storage import OpenIndex, open_store
from core.identity import IndexIdentity
from core.language import use_identifier
from core.lexical import LexicalEncoder
from core.passage_encoder import TokenPassageEncoder
from core.ports import IndexStore, PassageEncoder, Reranker
from core.settings import Settings
from core.tasks import bare_faults
from indexing.chunking import Chunker
from indexing.display import NORMALISER
from retrieval.answering.extractive import ExtractiveAnswerer
from retrieval.answering.spans.marking import AnswerMarker
from retrieval.answering.spans.model import span_model
from retrieval.archive import Archive
from retrieval.cohort import Cohort, load_cohort
from retrieval.reranking import Reranking
from retrieval.search import Searcher
from sanad.clock import utc_now

if TYPE_CHECKING:
    from indexing.pipeline import IndexingPipeline

Report = Callable[[str], None]
"""Called with one line for the terminal when a step takes a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """What turns text into vectors, and the identity that an index built with it carries."""

    embedder: EmbedderParts
    lexical: LexicalEncoder
    chunker: Chunker
    identity: IndexIdentity
    cohort: Cohort


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """The read path over an open store; `reranker` is the one that it goes through, if any."""

    models: Models
    searcher: Searcher
    answerer: ExtractiveAnswerer
    reranker: Reranker | None


async def open_models(settings: Settings, *, report: Report) -> Models:
    """Load the embedder and what goes with it; the score cohort of a new model is prepared.

    Raises:
        ModelUnavailable: the model cannot be found, fetched or loaded.
    """
    with bare_faults():
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(
                anyio.to_thread.run_sync, lambda: _load_languages(settings, report=report)
            )
            embedder = await anyio.to_thread.run_sync(
                lambda: open_embedder(settings, report=report)
            )
    cohort = await load_cohort(
        embedder.embedder,
        cache_dir=settings.cache_dir,
        report=report,
        multiply=open_integer_product(),
    )
    lexical = LexicalEncoder()
    chunker = Chunker(embedder.token_counter, embedder=embedder.embedder.identity)
    identity = IndexIdentity(
        embedder=embedder.embedder.identity,
        chunker=chunker.version,
        normaliser=NORMALISER,
        lexical=lexical.version,
        tokens=token_codec.VERSION,
    )
    return Models(
        embedder=embedder, lexical=lexical, chunker=chunker, identity=identity, cohort=cohort
    )


def _load_languages(settings: Settings, *, report: Report) -> None:
    # Here, and not in the first request, which would have to wait for it.
    use_identifier(open_identifier(settings.cache_dir, report=report))


@asynccontextmanager
async def open_kept_encoder(models: Models, settings: Settings) -> AsyncIterator[PassageEncoder]:
    """What `open_writer` takes to read no passage twice, for measuring: see KeepingEncoder.

    The vectors lie in the cache folder under `eval/vectors` and may be deleted at any time.

    Raises:
        StoreUnavailable: they cannot be read or written there.
    """
    # Here and not above: neither the server nor `ask` keeps any.
    from core.backends.keeping_encoder import open_keeping_encoder  # noqa: PLC0415

    async with open_keeping_encoder(
        TokenPassageEncoder(models.embedder.embedder, models.cohort.codec),
        root=settings.cache_dir / "eval" / "vectors",
        identity=models.identity.embedder,
        tokens=models.identity.tokens,
    ) as encoder:
        yield encoder


@asynccontextmanager
async def open_index(
    settings: Settings, models: Models, *, command: str, create: bool, stays_open: bool = False
) -> AsyncIterator[OpenIndex]:
    """The store, after its identity has been compared with the models'.

    One that `stays_open` for many questions is read into memory meanwhile.

    Raises:
        IndexIdentityMismatch: the index was built with other parts.
        IndexLocked: another process owns it.
        ConfigError: there is none yet and `create` is false.
    """
    async with open_store(
        settings,
        identity=models.identity,
        command=command,
        create=create,
        stays_open=stays_open,
    ) as store:
        yield store


async def open_reader(
    settings: Settings,
    models: Models,
    store: IndexStore,
    *,
    report: Report,
    now: Callable[[], datetime] | None = None,
) -> Reader:
    """The read path over `store`; `now` in the place of the clock.

    Raises:
        ConfigError: the settings of the reranker contradict each other or lack the revision.
        ModelUnavailable: the reranker cannot be found, fetched or loaded.
    """
    embedder = models.embedder.embedder
    reranker = await anyio.to_thread.run_sync(lambda: open_reranker(settings, report=report))
    searcher = Searcher(
        embedder=embedder,
        store=store,
        lexical=models.lexical,
        codec=models.cohort.codec,
        archive=Archive(store, models.cohort),
        now=now or utc_now,
        reranking=None if reranker is None else Reranking(reranker, depth=settings.reranker_depth),
    )
    answerer = ExtractiveAnswerer(
        searcher=searcher,
        locator=models.embedder.token_counter,
        articles=store,
        now=now or utc_now,
        marker=_open_marker(models.embedder),
    )
    return Reader(models=models, searcher=searcher, answerer=answerer, reranker=reranker)


def _open_marker(parts: EmbedderParts) -> AnswerMarker | None:
    """None where the embedder is not the one on whose tokens short answers were learnt."""
    model = span_model()
    learnt_on_it = parts.embedder.identity.model == model.embedder
    return AnswerMarker(model, parts.token_counter) if learnt_on_it else None


def open_writer(
    models: Models, store: IndexStore, *, encoder: PassageEncoder | None = None
) -> "IndexingPipeline":
    """The write path over `store`; `encoder` in the place of the models' own."""
    # Here and not above: `ask` and `search` need no readers of sources.
    from indexing.pipeline import IndexingPipeline  # noqa: PLC0415

    return IndexingPipeline(
        encoder=encoder or TokenPassageEncoder(models.embedder.embedder, models.cohort.codec),
        chunker=models.chunker,
        lexical=models.lexical,
        store=store,
    )
