"""Services over the real read path and an index in memory, served to a test client."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
from starlette.testclient import TestClient

from api.access.access import Access
from api.app import create_app
from api.event_stream import StreamTiming
from api.services import Searches, Services
from core.backends.feedback_files import FeedbackFiles
from core.backends.memory_store import MemoryStore
from core.language import identify_language
from core.lexical import LexicalEncoder
from core.ports import (
    ArticleStore,
    ArticleWriter,
    FeedbackLog,
    FullEmbedder,
    Reranker,
    TokenCounter,
)
from core.settings import Settings
from core.spans import Tracer
from retrieval.answering.events import Answerer
from retrieval.archive import Archive as ArchiveOfStore
from retrieval.reranking import Reranking
from retrieval.search import Searcher
from sanad.access.opening import open_access
from tests.api.access.keyrings import KeyRingOf
from tests.api.doubles import DIMENSION, IDENTITY, FirstSentences, HashedWords, ParagraphWriter
from tests.api.news import ARTICLES, NOW
from tests.retrieval.plain_cohort import plain_cohort

URL = "http://localhost:8000"
"""Where the test client finds the application: on this machine, as its owner does."""

NOWHERE = Path(__file__).parent / "no such data folder"
"""No file of the developer says who may ask in a test."""


@dataclass
class Archive:
    """Parts to make services of; a test swaps what it wants to see fail."""

    embedder: FullEmbedder
    store: MemoryStore
    settings: Settings
    searcher: Searches | None = None
    answerer: Answerer | None = None
    writer: ArticleWriter | None = None
    articles: ArticleStore | None = None
    feedback: FeedbackLog | None = None
    reranker: Reranker | None = None
    check_error: Exception | None = None
    check: Callable[[], Awaitable[None]] | None = None
    access: Access | None = None
    stream_timing: StreamTiming = StreamTiming()
    token_counter: TokenCounter | None = None
    tracer: Tracer | None = None
    opened: int = 0
    closed: int = 0

    @classmethod
    def empty(cls, **settings: object) -> "Archive":
        return cls(
            embedder=HashedWords(),
            store=MemoryStore(IDENTITY),
            settings=Settings.model_validate({"data_dir": NOWHERE} | settings),
        )

    @property
    def open_services(self) -> Callable[[], AbstractAsyncContextManager[Services]]:
        return asynccontextmanager(self._open)

    async def _open(self) -> AsyncIterator[Services]:
        self.opened += 1
        # Its letter statistics load at the first call.
        await anyio.to_thread.run_sync(identify_language, "any text")
        writer = ParagraphWriter(self.store, HashedWords())
        for article in ARTICLES:
            await writer.put(article)
        cohort = plain_cohort([article.language for article in ARTICLES], dimension=DIMENSION)
        searcher = self.searcher or Searcher(
            embedder=self.embedder,
            store=self.store,
            lexical=LexicalEncoder(),
            codec=cohort.codec,
            archive=ArchiveOfStore(self.store, cohort),
            now=lambda: NOW,
            reranking=self._reranking(),
        )
        articles = self.articles or self.store
        yield Services(
            searcher=searcher,
            answerer=self.answerer or FirstSentences(searcher, articles),
            articles=articles,
            writer=self.writer or writer,
            feedback=self.feedback or FeedbackFiles(self.settings.data_dir),
            identity=IDENTITY,
            settings=self.settings,
            access=self.access or await anyio.to_thread.run_sync(self.open_access),
            check=self.check or self._check,
            reranker=None if self.reranker is None else self.reranker.identity,
            stream_timing=self.stream_timing,
            token_counter=self.token_counter,
            tracer=self.tracer,
        )
        self.closed += 1

    def open_access(self) -> Access:
        """Who may ask by the settings alone."""
        return open_access(self.settings, keys=KeyRingOf({}))

    def _reranking(self) -> Reranking | None:
        if self.reranker is None:
            return None
        return Reranking(self.reranker, depth=self.settings.reranker_depth)

    async def _check(self) -> None:
        if self.check_error is not None:
            raise self.check_error


@contextmanager
def served(archive: Archive) -> Iterator[TestClient]:
    """A client of the real application; faults become responses, as behind a real server."""
    app = create_app(archive.open_services, settings=archive.settings)
    with TestClient(app, base_url=URL, raise_server_exceptions=False) as client:
        yield client
