"""The search door of a running server, so that it is measured as its clients find it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import httpx
from pydantic import ValidationError

from api.schemas.search import SearchOut, SearchResultOut
from core.errors import InputError, StoreUnavailable
from core.language import UNKNOWN
from core.types import ArticleHeader, Passage, PassageFilter
from retrieval.query import SearchHit, SearchQuery, SearchResults

TIMEOUT_S = 60.0
TRIES = 5
"""Of a request that the server puts off: status 429 or 503 with Retry-After."""
MAX_WAIT_S = 30.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@asynccontextmanager
async def open_remote(url: str, *, key: str | None) -> AsyncIterator["RemoteSearcher"]:
    """The server at `url`; `key` goes with every request as a bearer token (RFC 6750).

    Raises:
        InputError: `url` is no address.
    """
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if address.scheme not in {"http", "https"} or not address.host:
        raise InputError(f"{url} is no address: give one such as http://127.0.0.1:8000")
    client = httpx.AsyncClient(
        base_url=address,
        timeout=TIMEOUT_S,
        headers=headers,
        # A proxy of the environment has no business between us and loopback.
        trust_env=address.host not in LOOPBACK,
    )
    async with client:
        yield RemoteSearcher(client)


class RemoteSearcher:
    """Searches over HTTP.

    The wire tells neither the order nor the tokens of a passage, nor the query's language: they
    are 0 and "und" here.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def search(self, query: SearchQuery) -> SearchResults:
        """Results best first.

        Raises:
            InputError: the server refused the request, or it is no Sanad server of this version.
            StoreUnavailable: the server did not answer or failed.
        """
        if query.where != PassageFilter():
            raise InputError("filters are not sent to a server that is measured: leave them out")
        body = {
            "query": query.text,
            "limit": query.limit,
            "offset": query.offset,
            "mode": query.mode.value,
            "group_by": query.group_by.value,
            "explain": True,
        }
        answer = await self._ask("POST", "/v1/search", body)
        try:
            found = SearchOut.model_validate(answer)
        except ValidationError as error:
            raise InputError(
                f"{self._client.base_url} answers in another shape than this version knows: "
                "is it a Sanad server?"
            ) from error
        return SearchResults(
            query_id=found.query_id,
            language=UNKNOWN,
            hits=tuple(_hit(result) for result in found.results),
            notices=found.notices,
            timing_ms=found.timing_ms,
            periods=tuple(period.to_period() for period in found.periods),
        )

    async def describe_index(self) -> dict[str, object]:
        """What GET /v1/index answers.

        Raises:
            InputError: the server refused the request.
            StoreUnavailable: the server did not answer or failed.
        """
        return await self._ask("GET", "/v1/index", None)

    async def _ask(
        self, method: str, path: str, body: dict[str, object] | None
    ) -> dict[str, object]:
        url = self._client.base_url
        for left in reversed(range(TRIES)):
            try:
                response = await self._client.request(method, path, json=body)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise StoreUnavailable(
                    f"the server at {url} does not answer: is it running there?"
                ) from error
            if response.status_code not in {429, 503} or not left:
                break
            await anyio.sleep(_wait_s(response))
        return _read(response, url=url)


def _read(response: httpx.Response, *, url: httpx.URL) -> dict[str, object]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    told = answer if isinstance(answer, dict) else {}
    reason = told.get("detail") or told.get("title") or f"status {response.status_code}"
    if response.status_code in {401, 403}:
        raise InputError(f"the server at {url} wants a key that may search: give it by --key")
    if response.is_client_error:
        raise InputError(f"the server at {url} refused: {reason}")
    if response.is_server_error:
        raise StoreUnavailable(f"the server at {url} failed: {reason}")
    if not response.is_success or not isinstance(answer, dict):
        raise InputError(f"{url} is no Sanad server: it answered status {response.status_code}")
    return answer


def _wait_s(response: httpx.Response) -> float:
    told = response.headers.get("Retry-After", "")
    return min(float(told), MAX_WAIT_S) if told.isdecimal() else 1.0


def _hit(result: SearchResultOut) -> SearchHit:
    if result.explain is None:
        raise InputError(f"the server does not explain its result {result.rank}: update it")
    passage, article = result.passage, result.article
    return SearchHit(
        rank=result.rank,
        score=result.score,
        passage=Passage(
            id=passage.id,
            article_id=article.id,
            order=0,
            start=passage.start,
            end=passage.end,
            text=passage.text,
            language=passage.language,
            tokens=0,
            heading=passage.heading,
        ),
        header=ArticleHeader(
            id=article.id,
            title=article.title,
            language=article.language,
            url=article.url,
            published_at=article.published_at,
            updated_at=article.updated_at,
            source=article.source,
            authors=article.authors,
            section=article.section,
            tags=article.tags,
        ),
        explain=result.explain.to_explanation,
    )
