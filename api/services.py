"""What the routes may use, opened once before the first request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Protocol

import anyio
from fastapi import Depends, Request

from api.access.access import Access
from api.event_stream import StreamTiming
from api.idempotency import RememberedRequests
from api.metrics import Metrics
from core.identity import IndexIdentity, RerankerIdentity
from core.ports import ArticleStore, ArticleWriter, FeedbackLog, TokenCounter
from core.serving import ServingFigures
from core.settings import Settings
from core.spans import Tracer
from retrieval.answering.events import Answerer
from retrieval.query import SearchQuery, SearchResults

MAX_UPLOADS = 4
"""Batches of articles sent at a time: each may hold some 40 MB, and they share one model."""


class Searches(Protocol):
    """The search door of the read path: `retrieval.search.Searcher`."""

    async def search(self, query: SearchQuery) -> SearchResults:
        """Results for `query`; no hits means that nothing fits, never that a part failed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts behind the routes.

    `check` returns when every part answers and the index is the configured one; otherwise it
    raises a BackendError or a ConfigError. `embedder_figures` gives those of now, None if the
    embedder keeps none. `reranker` is the one that searches go through, if any. `token_counter`
    counts what a reply of OpenAI's protocol tells as its usage, which is null without.
    `upload_slots` bounds the batches of articles that are sent at a time; `remembered` are
    requests that must not be carried out twice. `tracer` is told of every request, None where
    nobody traces.
    """

    searcher: Searches
    answerer: Answerer
    articles: ArticleStore
    writer: ArticleWriter
    feedback: FeedbackLog
    identity: IndexIdentity
    settings: Settings
    access: Access
    check: Callable[[], Awaitable[None]]
    embedder_figures: Callable[[], ServingFigures | None] = lambda: None
    reranker: RerankerIdentity | None = None
    stream_timing: StreamTiming = StreamTiming()
    token_counter: TokenCounter | None = None
    upload_slots: anyio.CapacityLimiter = field(
        default_factory=lambda: anyio.CapacityLimiter(MAX_UPLOADS)
    )
    remembered: RememberedRequests = field(default_factory=RememberedRequests)
    metrics: Metrics = field(default_factory=Metrics)
    tracer: Tracer | None = None


async def get_services(request: Request) -> Services:
    """The services that the lifespan opened; the one function that tests may override.

    A coroutine, as every dependency of a route that is asked often: FastAPI takes a thread for
    each that is not.
    """
    services: Services = request.state.services
    return services


CurrentServices = Annotated[Services, Depends(get_services)]
