"""What is sent to a Qdrant server: requests that its own description allows."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from core.backends.payload import DATETIME_KEYS, KEYWORD_KEYS
from core.backends.qdrant_store import QdrantStore
from core.types import PassageFilter
from tests.contracts.legs import search_dense, search_lexical
from tests.contracts.qdrant_http import ANY, opened
from tests.contracts.qdrant_schema import SCHEMA_PATH, StrictSchema
from tests.contracts.qdrant_stub import QdrantStub, Recorded
from tests.contracts.store_archive import FULL, brief, embedded, identity_of, terms, unit

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def schema() -> StrictSchema:
    if not SCHEMA_PATH.is_file():
        pytest.skip(f"Qdrant's OpenAPI description is not at {SCHEMA_PATH}")
    return StrictSchema.load()


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
        except_languages=("tr",),
        except_articles=("a", "b"),
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


async def test_every_write_waits_until_it_is_applied(
    stub: QdrantStub, qdrant_store: QdrantStore
) -> None:
    await qdrant_store.replace_articles([embedded(brief("a"))])
    await qdrant_store.delete_articles(["a"])
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


async def test_many_points_go_in_several_requests(
    stub: QdrantStub, qdrant_store: QdrantStore
) -> None:
    await qdrant_store.replace_articles([embedded(brief(f"a{number}")) for number in range(300)])
    sizes = [
        len(request.body["points"])
        for request in stub.requests
        if request.path.endswith("/points") and request.method == "PUT" and request.body
    ]
    assert sizes == [256, 44, 256, 44]


async def test_long_articles_go_in_requests_that_a_server_takes(
    stub: QdrantStub, qdrant_store: QdrantStore
) -> None:
    body = "خبر " * 300_000
    await qdrant_store.replace_articles([
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
