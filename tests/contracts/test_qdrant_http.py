"""What QdrantStore really sends to a server, and what it makes of what a server sends back."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from httpx import Headers
from pydantic import SecretStr
from qdrant_client import QdrantClient, models
from qdrant_client.http.exceptions import UnexpectedResponse

from core.backends.payload import DATETIME_KEYS, KEYWORD_KEYS
from core.backends.qdrant_calls import ATTEMPTS, QdrantCalls
from core.backends.qdrant_store import QdrantStore, open_local_qdrant_store, open_qdrant_store
from core.errors import (
    ConfigError,
    IndexIdentityMismatch,
    StoreRejected,
    StoreUnavailable,
)
from core.identity import IndexIdentity
from core.settings import Settings
from core.types import PassageFilter
from tests.contracts.legs import search_dense, search_lexical
from tests.contracts.qdrant_schema import SCHEMA_PATH, StrictSchema
from tests.contracts.qdrant_stub import Fault, QdrantStub, Recorded, running_stub
from tests.contracts.store_archive import FULL, brief, embedded, identity_of, terms, unit

pytestmark = pytest.mark.anyio

ANY = PassageFilter()


@pytest.fixture
def stub() -> Iterator[QdrantStub]:
    with running_stub() as stub:
        yield stub


@pytest.fixture(scope="module")
def schema() -> StrictSchema:
    if not SCHEMA_PATH.is_file():
        pytest.skip(f"Qdrant's OpenAPI description is not at {SCHEMA_PATH}")
    return StrictSchema.load()


@pytest.fixture
def store(stub: QdrantStub) -> Iterator[QdrantStore]:
    store = opened(stub)
    stub.requests.clear()
    yield store
    store.close()


def settings_of(url: str, **more: Any) -> Settings:
    return Settings(store="qdrant", qdrant_url=url, qdrant_timeout_s=1, **more)


def opened(
    stub: QdrantStub, *, identity: IndexIdentity | None = None, create: bool = True, **more: Any
) -> QdrantStore:
    return open_qdrant_store(
        settings_of(stub.url, **more), identity=identity or identity_of(), create=create
    )


async def use_everything(stub: QdrantStub) -> None:
    """Every call of the ports, with every filter."""
    store = opened(stub)
    where = PassageFilter(
        published_from=FULL.published_at,
        published_to=FULL.updated_at,
        languages=("ar", "zh"),
        sources=("وكالة الأنباء",),
        sections=("سياسة",),
        tags=("روسيا", "accord"),
        article_ids=(FULL.id,),
        visible_at=FULL.embargoed_until,
    )
    await store.replace_articles([embedded(FULL, spans=[(0, 30), (30, 60)]), embedded(brief("a"))])
    await store.replace_articles([embedded(brief("a", "معدّل."), version=2)])
    await search_dense(store, unit(1), where=ANY, k=3)
    assert len(await search_dense(store, unit(1), where=where, k=3)) == 2
    assert len(await search_lexical(store, terms(1, 2), where=where, k=3)) == 2
    assert len(await store.content_hashes(["a", FULL.id])) == 2
    assert await store.get_article("a") is not None
    assert len(await store.get_passages(FULL.id)) == 2
    assert len([item async for item in store.iterate_articles()]) == 2
    await store.status()
    await store.delete_articles([FULL.id])
    begun = await store.begin_generation(identity_of(model="other"))
    await begun.promote()
    discarded = await store.begin_generation(identity_of())
    discarded.close()
    store.close()


async def test_every_request_is_one_that_qdrant_describes(
    stub: QdrantStub, schema: StrictSchema
) -> None:
    await use_everything(stub)
    problems = {
        f"{request.method} {request.path}": found
        for request in stub.requests
        if (found := schema.problems_of(request))
    }
    assert problems == {}
    sent = {(request.method, request.path.split("/")[-1]) for request in stub.requests}
    assert sent >= {
        ("GET", "aliases"),
        ("POST", "aliases"),
        ("PUT", "index"),
        ("PUT", "points"),
        ("POST", "points"),
        ("POST", "delete"),
        ("POST", "payload"),
        ("POST", "batch"),
        ("POST", "scroll"),
        ("POST", "count"),
        ("POST", "facet"),
        ("PUT", "sanad-0001"),
        ("PUT", "sanad-0002"),
        ("DELETE", "sanad-0001"),
    }


UPSERT = Recorded(
    method="PUT",
    path="/collections/sanad-0001/points",
    query={"wait": "true"},
    headers={},
    body={"points": [{"id": "6f0c1c5e-6f4e-5d0a-9b1e-3d2f5a7c9e10",
                      "vector": {"dense": [1.0], "lexical": {"indices": [1], "values": [1.0]}},
                      "payload": {"any": {"thing": None}}}]},
)  # fmt: skip
QUERY = Recorded(
    method="POST",
    path="/collections/sanad-0001/points/query",
    query={},
    headers={},
    body={"query": [1.0], "using": "dense", "limit": 3, "filter": {"must": [
        {"key": "tags", "match": {"any": ["x"]}}]}},
)  # fmt: skip


def test_the_judge_accepts_what_is_right(schema: StrictSchema) -> None:
    assert schema.problems_of(UPSERT) == []
    assert schema.problems_of(QUERY) == []


@pytest.mark.parametrize(
    "wrong",
    [
        replace(UPSERT, path="/collections/sanad-0001/punkte"),
        replace(UPSERT, method="PATCH"),
        replace(UPSERT, query={"weight": "true"}),
        replace(UPSERT, query={"wait": "perhaps"}),
        replace(UPSERT, body=None),
        replace(UPSERT, body={"points": [{"id": 1, "vektor": {}, "vector": {}}]}),
        replace(UPSERT, body={"points": [{"id": "x", "payload": {}}]}),
        replace(UPSERT, body={"points": [{"id": 1, "vector": {"dense": ["1.0"]}}]}),
        replace(UPSERT, body={"points": [
            {"id": 1, "vector": {"lexical": {"indices": [-1], "values": [1.0]}}}]}),
        replace(QUERY, body={"query": [1.0], "usage": "dense"}),
        replace(QUERY, body={"query": [1.0], "limit": 0}),
        replace(QUERY, body={"query": [1.0], "filter": {"must": [
            {"key": "tags", "match": {"all": ["x"]}}]}}),
        replace(QUERY, body={"query": [1.0], "filter": {"muss": []}}),
        Recorded(method="GET", path="/aliases", query={}, headers={}, body={"x": 1}),
    ],
)  # fmt: skip
def test_the_judge_refuses_what_is_wrong(schema: StrictSchema, wrong: Recorded) -> None:
    assert schema.problems_of(wrong) != []


async def test_every_write_waits_until_it_is_applied(stub: QdrantStub, store: QdrantStore) -> None:
    await store.replace_articles([embedded(brief("a"))])
    await store.delete_articles(["a"])
    writes = [request for request in stub.requests if request.method in {"PUT", "POST"}]
    assert len(writes) == 5
    assert {request.query.get("wait") for request in writes} == {"true"}


def test_the_collection_is_made_before_its_indexes_and_its_alias_last(stub: QdrantStub) -> None:
    opened(stub).close()
    changes = [request for request in stub.requests if request.method != "GET"]
    assert changes[0].path == "/collections/sanad-0001"
    created = changes[0].body
    assert created is not None
    assert created["vectors"] == {"dense": {"size": 8, "distance": "Cosine"}}
    assert created["sparse_vectors"] == {"lexical": {"modifier": "idf"}}
    assert created["on_disk_payload"] is True
    assert created["strict_mode_config"]["unindexed_filtering_retrieve"] is False
    assert created["metadata"]["identity"] == identity_of().as_dict()
    indexed = {
        request.body["field_name"]: request.body["field_schema"]
        for request in changes[1:-1]
        if request.body is not None
    }
    assert indexed == dict.fromkeys(KEYWORD_KEYS, "keyword") | dict.fromkeys(
        DATETIME_KEYS, "datetime"
    )
    assert changes[-1].path == "/collections/aliases"


async def test_filters_use_only_indexed_fields(stub: QdrantStub) -> None:
    await use_everything(stub)
    indexed = {*KEYWORD_KEYS, *DATETIME_KEYS}

    def keys_in(node: object) -> set[str]:
        if isinstance(node, list):
            return set().union(*(keys_in(item) for item in node))
        if not isinstance(node, dict):
            return set()
        own = {str(node["key"])} if "key" in node else set()
        return own.union(*(keys_in(value) for value in node.values()))

    def filters_in(body: dict[str, Any]) -> list[object]:
        searches: list[dict[str, object]] = body.get("searches", [])
        return [body.get("filter"), *(search.get("filter") for search in searches)]

    filters = [filters_in(request.body) for request in stub.requests if request.body]
    assert keys_in(filters) == indexed


async def test_many_points_go_in_several_requests(stub: QdrantStub, store: QdrantStore) -> None:
    await store.replace_articles([embedded(brief(f"a{number}")) for number in range(300)])
    sizes = [
        len(request.body["points"])
        for request in stub.requests
        if request.path.endswith("/points") and request.method == "PUT" and request.body
    ]
    assert sizes == [256, 44, 256, 44]


async def test_long_articles_go_in_requests_that_a_server_takes(
    stub: QdrantStub, store: QdrantStore
) -> None:
    body = "خبر " * 300_000
    await store.replace_articles([
        embedded(brief(f"a{number}", body), spans=[(0, 4)]) for number in range(3)
    ])
    sizes = [
        len(request.body["points"])
        for request in stub.requests
        if request.path.endswith("/points") and request.method == "PUT" and request.body
    ]
    assert sizes == [3, 1, 1, 1]


def test_the_key_is_sent_with_every_request(stub: QdrantStub) -> None:
    opened(stub, qdrant_api_key=SecretStr("sesame")).close()
    assert {request.headers.get("api-key") for request in stub.requests} == {"sesame"}


TRANSIENT = [
    Fault(status=503),
    Fault(status=500, content=b"<html>bad gateway</html>"),
    Fault(status=429),
    Fault(status=429, headers={"Retry-After": "0"}),
    Fault(status=429, headers={"Retry-After": "soon"}),
    Fault(status=200, content=b"<html>captive portal</html>"),
    Fault(status=200, content=b"{"),
    Fault(status=200, content=b'{"result": "nonsense", "time": "x"}'),
    Fault(status=200, content=b"\xff\xfe"),
    Fault(is_dropped=True),
]


@pytest.mark.parametrize("fault", TRANSIENT)
async def test_a_passing_fault_is_tried_again(
    stub: QdrantStub, store: QdrantStore, fault: Fault
) -> None:
    await store.replace_articles([embedded(brief("a"))])
    stub.faults = [fault]
    found = await search_dense(store, unit(1), where=ANY, k=3)
    assert [item.passage.article_id for item in found] == ["a"]


@pytest.mark.parametrize("fault", TRANSIENT)
async def test_a_lasting_fault_is_said_and_never_an_empty_answer(
    stub: QdrantStub, store: QdrantStore, fault: Fault
) -> None:
    stub.faults = [fault] * 100
    with pytest.raises(StoreUnavailable, match="does not answer") as caught:
        await search_dense(store, unit(1), where=ANY, k=3)
    assert caught.value.transient
    assert stub.url in str(caught.value)
    assert "SANAD_QDRANT_URL" in str(caught.value)
    assert len(stub.requests) == ATTEMPTS


async def test_a_write_whose_answer_was_lost_is_done_once_more_with_the_effect_of_once(
    stub: QdrantStub, store: QdrantStore
) -> None:
    written = embedded(brief("a"))
    stub.faults = [Fault(status=503, is_done_first=True)] * 2
    await store.replace_articles([written])
    assert await store.get_passages("a") == [written.passages[0].passage]
    assert (await store.status()).passages == 1


async def test_an_answer_that_takes_too_long_is_a_passing_fault(
    stub: QdrantStub, store: QdrantStore
) -> None:
    stub.faults = [Fault(delay_s=1.5)]
    assert (await store.status()).articles == 0
    assert len(stub.requests) == 4


async def test_a_server_that_wants_long_patience_is_not_waited_for(
    stub: QdrantStub, store: QdrantStore
) -> None:
    stub.faults = [Fault(status=429, headers={"Retry-After": "3600"})]
    with pytest.raises(StoreUnavailable, match="429"):
        await store.status()
    assert len(stub.requests) == 1


@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_a_refusal_is_ours_and_not_tried_again(
    stub: QdrantStub, store: QdrantStore, status: int
) -> None:
    stub.faults = [Fault(status=status)]
    with pytest.raises(StoreRejected, match=rf"\({status}\): scripted") as caught:
        await store.status()
    assert not caught.value.transient
    assert len(stub.requests) == 1


async def test_a_refusal_in_words_of_a_proxy_is_shown_as_it_came(
    stub: QdrantStub, store: QdrantStore
) -> None:
    stub.faults = [Fault(status=413, content=b"<h1>413  Too Large</h1>")]
    with pytest.raises(StoreRejected, match=r"\(413\): <h1>413 Too Large</h1>"):
        await store.status()


def test_a_refused_creation_is_a_fault(stub: QdrantStub) -> None:
    aliases = Fault(status=200, content=b'{"result": {"aliases": []}, "time": 0.0}')
    says_no = Fault(status=200, content=b'{"result": {"exists": false}, "time": 0.0}')
    stub.faults = [aliases, says_no, Fault(status=400)]
    with pytest.raises(StoreRejected, match=r"\(400\): scripted"):
        opened(stub)


def test_without_an_address_the_setting_is_named() -> None:
    with pytest.raises(ConfigError, match="SANAD_QDRANT_URL is not set"):
        open_qdrant_store(Settings(), identity=identity_of(), create=True)


async def test_in_process_a_removed_collection_is_a_fault_too() -> None:
    client = QdrantClient(location=":memory:")
    store = open_local_qdrant_store(client, identity=identity_of(), create=True)
    client.delete_collection("sanad-0001")
    with pytest.raises(StoreRejected, match="not found"):
        await search_dense(store, unit(1), where=ANY, k=3)
    store.close()


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_names_the_setting(stub: QdrantStub, status: int) -> None:
    stub.faults = [Fault(status=status)]
    with pytest.raises(StoreRejected, match="SANAD_QDRANT_API_KEY"):
        opened(stub)


async def test_a_removed_collection_is_a_fault_and_never_an_empty_answer(
    stub: QdrantStub, store: QdrantStore
) -> None:
    stub.client.delete_collection("sanad-0001")
    for call in (
        search_dense(store, unit(1), where=ANY, k=3),
        search_lexical(store, terms(1), where=ANY, k=3),
        store.get_article("a"),
        store.content_hashes(["a"]),
        store.get_passages("a"),
        store.status(),
    ):
        with pytest.raises(StoreRejected, match="404"):
            await call


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(StoreUnavailable, match="no connection") as caught:
        open_qdrant_store(
            settings_of(f"http://127.0.0.1:{port}"), identity=identity_of(), create=True
        )
    assert f"http://127.0.0.1:{port}" in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://host", "http://[", "http://host:99999", "http://a b"])
def test_an_impossible_address_is_a_plain_error(url: str) -> None:
    with pytest.raises((ConfigError, StoreUnavailable)) as caught:
        open_qdrant_store(settings_of(url), identity=identity_of(), create=True)
    assert url in str(caught.value)


def test_without_an_index_the_message_says_how_to_make_one(stub: QdrantStub) -> None:
    with pytest.raises(ConfigError, match="run `sanad index PATH`"):
        opened(stub, create=False)


def test_another_identity_is_refused(stub: QdrantStub) -> None:
    opened(stub).close()
    with pytest.raises(IndexIdentityMismatch, match="reindex"):
        opened(stub, identity=identity_of(model="other"))
    store = open_qdrant_store(settings_of(stub.url), identity=None, create=False)
    assert store.identity == identity_of()
    store.close()


def test_an_alias_of_a_foreign_collection_is_refused(stub: QdrantStub) -> None:
    opened(stub).close()
    stub.client.update_collection("sanad-0001", metadata={"layout": 99})
    with pytest.raises(IndexIdentityMismatch, match="layout 99"):
        opened(stub)


def drop_alias(stub: QdrantStub) -> None:
    drop = models.DeleteAlias(alias_name="sanad")
    stub.client.update_collection_aliases([models.DeleteAliasOperation(delete_alias=drop)])


def test_an_index_half_made_by_a_killed_process_is_completed(stub: QdrantStub) -> None:
    store = opened(stub)
    store.close()
    alias = {"actions": [{"delete_alias": {"alias_name": "sanad"}}]}
    request = Recorded(method="POST", path="/collections/aliases", query={}, headers={}, body=alias)
    assert stub.answer(request)[0] == 200
    opened(stub).close()
    assert [entry.name for entry in stub.client.get_collections().collections] == ["sanad-0001"]
    opened(stub, create=False).close()


def test_a_collection_made_by_another_process_at_the_same_time_is_shared(
    stub: QdrantStub,
) -> None:
    first = opened(stub)
    drop_alias(stub)
    # To this process nothing is there yet when it asks; its creation then meets the other's.
    says_no = Fault(status=200, content=b'{"result": {"exists": false}, "time": 0.0}')
    aliases = Fault(status=200, content=b'{"result": {"aliases": []}, "time": 0.0}')
    stub.faults = [aliases, says_no]
    second = opened(stub)
    assert second.identity == first.identity
    first.close()
    second.close()


async def test_a_promoted_generation_is_what_others_open(stub: QdrantStub) -> None:
    store = opened(stub)
    begun = await store.begin_generation(identity_of(model="other"))
    await begun.replace_articles([embedded(brief("new"))])
    await begun.promote()
    store.close()
    fresh = opened(stub, identity=identity_of(model="other"), create=False)
    assert [item.article.id async for item in fresh.iterate_articles()] == ["new"]
    fresh.close()
    assert [entry.name for entry in stub.client.get_collections().collections] == ["sanad-0002"]


@pytest.mark.parametrize(("jitter", "expected"), [(1.0, [0.2, 0.4]), (0.0, [0.1, 0.2])])
def test_pauses_grow_and_are_shaken(jitter: float, expected: list[float]) -> None:
    pauses: list[float] = []
    calls = QdrantCalls(place="here", pause=pauses.append, jitter=lambda: jitter)

    def overloaded() -> None:
        raise UnexpectedResponse(503, "", b"", Headers())

    with pytest.raises(StoreUnavailable, match="503"):
        calls(overloaded)
    assert pauses == pytest.approx(expected)


async def test_a_client_that_was_closed_elsewhere_is_a_fault(store: QdrantStore) -> None:
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.status()
