"""The doors of the read path at a running server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from core.errors import InputError
from core.language import UNKNOWN
from core.types import Answer, StoredArticle
from retrieval.query import Question, SearchQuery, SearchResults
from sanad.client.asynchronous import AsyncSanad
from sanad.client.errors import NotFound
from sanad.client.retries import Retries
from sanad.remote.nouns import answer_of, hit_of, stored_article_of

TRIES = 5
"""Of one request: a measurement waits rather than miss a topic."""


@asynccontextmanager
async def open_remote(url: str, *, key: str | None) -> AsyncIterator["RemoteServer"]:
    """The server at `url`; `key` goes with every request as a bearer token (RFC 6750).

    Raises:
        InputError: `url` is no address.
    """
    async with AsyncSanad(url, api_key=key, retries=Retries(tries=TRIES)) as client:
        yield RemoteServer(client)


class RemoteServer:
    """Searches, answers and articles over HTTP.

    Every method raises what the client raises (`sanad.client.errors`), and InputError for a
    filter that the wire does not know.
    """

    def __init__(self, client: AsyncSanad) -> None:
        self._client = client

    async def search(self, query: SearchQuery) -> SearchResults:
        """Results best first; the query's language is untold: "und"."""
        if query.shown:
            raise InputError("a server knows earlier pages by their cursor: leave `shown` out")
        found = await self._client.search(
            query.text,
            limit=query.limit,
            offset=query.offset,
            where=query.where,
            mode=query.mode,
            group_by=query.group_by,
            explain=True,
        )
        return SearchResults(
            query_id=found.query_id,
            language=UNKNOWN,
            hits=tuple(map(hit_of, found.results)),
            notices=found.notices,
            timing_ms=found.timing_ms,
            periods=tuple(period.to_period() for period in found.periods),
        )

    async def answer(self, question: Question) -> Answer:
        """A cited answer or an abstention."""
        return answer_of(
            await self._client.answer(
                question.text,
                where=question.where,
                answer_language=question.answer_language,
                max_sentences=question.max_sentences,
                history=question.history,
            )
        )

    async def get_article(self, article_id: str) -> StoredArticle | None:
        """The article, or None if the server's index does not hold it."""
        try:
            return stored_article_of(await self._client.get_article(article_id))
        except NotFound:
            return None

    async def describe_index(self) -> dict[str, object]:
        """What GET /v1/index answers, as JSON values."""
        return (await self._client.index()).model_dump(mode="json")
