"""What a measured server answers becomes results, or an error that names the remedy."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.errors import InputError, SanadError, StoreUnavailable
from core.types import PassageFilter
from retrieval.query import SearchQuery, SearchResults
from sanad.remote_search import TRIES, open_remote

RESULT = {
    "rank": 1,
    "score": 2.5,
    "passage": {
        "id": "p",
        "text": "وقّعت المعاهدة 🌍",
        "start": 4,
        "end": 20,
        "heading": None,
        "language": "ar",
        "highlights": [],
    },
    "article": {
        "id": "خبر/1",
        "title": "عنوان",
        "language": "ar",
        "url": None,
        "published_at": "2024-06-19T00:00:00Z",
        "updated_at": None,
        "source": None,
        "authors": [],
        "section": None,
        "tags": [],
        "corrections": [],
    },
    "family_size": 1,
    "explain": {
        "dense_score": 0.8,
        "dense_rank": 1,
        "lexical_score": None,
        "lexical_rank": None,
        "dense_normalised": 2.5,
        "lexical_normalised": 0.0,
        "lexical_weight": 0.0,
        "question_language": "ar",
        "fused_rank": 2,
        "contributions": [
            {"name": "dense", "value": 2.5, "weight": 1.0, "adds": 2.5, "note": "cosine 0.8"}
        ],
        "reranker_score": 0.9,
        "reranker_rank": 1,
    },
}
FOUND = {"query_id": "q", "results": [RESULT], "notices": [], "timing_ms": {"embed": 1.0}}
BUSY = (503, {"title": "busy"}, {"Retry-After": "0"})

Reply = tuple[int, object, dict[str, str]]


@dataclass
class Desk:
    """A server that gives these replies in turn, the last again and again."""

    replies: list[Reply]
    url: str = ""
    bodies: list[dict[str, object]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@contextmanager
def desk(*replies: Reply) -> Iterator[Desk]:
    here = Desk(replies=list(replies))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            here.bodies.append(json.loads(self.rfile.read(length)))
            here.keys.append(self.headers.get("Authorization"))
            status, body, headers = (
                here.replies.pop(0) if len(here.replies) > 1 else here.replies[0]
            )
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()


async def search(url: str, key: str | None = None) -> SearchResults:
    async with open_remote(url, key=key) as server:
        return await server.search(SearchQuery(text="ما المعاهدة؟", limit=100))


@pytest.mark.anyio
async def test_results_come_as_in_process() -> None:
    with desk((200, FOUND, {})) as here:
        found = await search(here.url, key="s3cret")

    (hit,) = found.hits
    assert (hit.rank, hit.score, hit.header.id, hit.header.title) == (1, 2.5, "خبر/1", "عنوان")
    assert (hit.passage.text, hit.passage.article_id) == ("وقّعت المعاهدة 🌍", "خبر/1")
    assert hit.explain().as_dict() == RESULT["explain"]
    assert here.keys == ["Bearer s3cret"]
    (body,) = here.bodies
    assert (body["query"], body["limit"], body["explain"]) == ("ما المعاهدة؟", 100, True)


@pytest.mark.anyio
async def test_a_busy_server_is_asked_again_until_it_answers() -> None:
    with desk(BUSY, (429, {}, {"Retry-After": "0"}), (200, FOUND, {})) as here:
        found = await search(here.url)

    assert len(found.hits) == 1
    assert len(here.bodies) == 3


@pytest.mark.anyio
async def test_a_server_that_stays_busy_is_given_up() -> None:
    with desk(BUSY) as here, pytest.raises(StoreUnavailable, match="failed: busy"):
        await search(here.url)
    assert len(here.bodies) == TRIES


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "kind", "message"),
    [
        ((401, {"title": "no"}, {}), InputError, "give it by --key"),
        ((403, b"", {}), InputError, "give it by --key"),
        ((422, {"detail": "limit 100 is too much"}, {}), InputError, "limit 100 is too much"),
        ((500, b"<html>", {}), StoreUnavailable, "failed: status 500"),
        ((302, b"", {"Location": "/login"}), InputError, "no Sanad server"),
        ((200, b"<html>", {}), InputError, "no Sanad server"),
        ((200, [], {}), InputError, "no Sanad server"),
        ((200, {"hits": []}, {}), InputError, "another shape"),
        ((200, FOUND | {"results": [RESULT | {"explain": None}]}, {}), InputError, "update it"),
    ],
)
async def test_a_refusal_is_an_error_with_its_remedy(
    reply: Reply, kind: type[SanadError], message: str
) -> None:
    with desk(reply) as here, pytest.raises(kind, match=message):
        await search(here.url)


@pytest.mark.anyio
async def test_a_server_that_is_not_there_is_named() -> None:
    with desk((200, FOUND, {})) as here:
        url = here.url
    with pytest.raises(StoreUnavailable, match=rf"{url}.* does not answer"):
        await search(url)


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["news.example", "ftp://news.example", "http://", "http://h:port"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="is no address"):
        await search(url)


@pytest.mark.anyio
async def test_filters_are_refused_and_not_dropped() -> None:
    query = SearchQuery(text="x", where=PassageFilter(languages=("ar",)))
    async with open_remote("http://127.0.0.1:1", key=None) as server:
        with pytest.raises(InputError, match="filters"):
            await server.search(query)
