"""What a measured server answers becomes results, or an error that names the remedy."""

import pytest

from core.errors import InputError, SanadError
from core.types import PassageFilter
from retrieval.query import SearchQuery, SearchResults
from sanad.client import ServerFailed, ServerUnreachable
from sanad.remote.server import TRIES, open_remote
from tests.sanad.desk import FOUND, RESULT, Reply, desk

BUSY = (503, {"title": "busy"}, {"Retry-After": "0"})


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
    with desk(BUSY) as here, pytest.raises(ServerFailed, match="failed: busy"):
        await search(here.url)
    assert len(here.bodies) == TRIES


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("reply", "kind", "message"),
    [
        ((401, {"title": "no"}, {}), InputError, "SANAD_API_KEY"),
        ((403, b"", {}), InputError, "SANAD_API_KEY"),
        ((422, {"detail": "limit 100 is too much"}, {}), InputError, "limit 100 is too much"),
        ((500, b"<html>", {}), ServerFailed, "failed: status 500"),
        ((302, b"", {"Location": "/login"}), InputError, "no Sanad server"),
        ((200, b"<html>", {}), InputError, "no Sanad server"),
        ((200, [], {}), InputError, "another shape"),
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
    with pytest.raises(ServerUnreachable, match=rf"{url}.* does not answer"):
        await search(url)


@pytest.mark.anyio
@pytest.mark.parametrize("url", ["news.example", "ftp://news.example", "http://", "http://h:port"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="is no address"):
        await search(url)


@pytest.mark.anyio
async def test_filters_that_the_wire_does_not_know_are_refused_and_not_dropped() -> None:
    query = SearchQuery(text="x", where=PassageFilter(except_articles=("a",)))
    async with open_remote("http://127.0.0.1:1", key=None) as server:
        with pytest.raises(InputError, match="except_articles"):
            await server.search(query)
