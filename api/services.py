"""What the routes may use, opened once before the first request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request

from core.identity import IndexIdentity, RerankerIdentity
from core.ports import ArticleStore, ArticleWriter
from core.serving import ServingFigures
from core.settings import Settings
from core.types import Answer
from retrieval.query import Question, SearchQuery, SearchResults


class Searches(Protocol):
    """The search door of the read path: `retrieval.search.Searcher`."""

    async def search(self, query: SearchQuery) -> SearchResults:
        """Results for `query`; no hits means that nothing fits, never that a part failed."""
        ...


class Answers(Protocol):
    """The answer door of the read path: `retrieval.answering.extractive.ExtractiveAnswerer`."""

    async def answer(self, question: Question) -> Answer:
        """The answer to `question`, or an abstention."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The parts behind the routes.

    `check` returns when every part answers and the index is the configured one; otherwise it
    raises a BackendError or a ConfigError. `embedder_figures` gives those of now, None if the
    embedder keeps none. `reranker` is the one that searches go through, if any.
    """

    searcher: Searches
    answerer: Answers
    articles: ArticleStore
    writer: ArticleWriter
    identity: IndexIdentity
    settings: Settings
    check: Callable[[], Awaitable[None]]
    embedder_figures: Callable[[], ServingFigures | None] = lambda: None
    reranker: RerankerIdentity | None = None


async def get_services(request: Request) -> Services:
    """The services that the lifespan opened; the one function that tests may override.

    A coroutine, as every dependency of a route that is asked often: FastAPI takes a thread for
    each that is not.
    """
    services: Services = request.state.services
    return services


CurrentServices = Annotated[Services, Depends(get_services)]
