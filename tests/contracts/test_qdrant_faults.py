"""What becomes of the faults of a Qdrant server."""

import socket

import pytest
from httpx import Headers
from qdrant_client import QdrantClient
from qdrant_client.http.exceptions import UnexpectedResponse

from core.backends.qdrant_calls import ATTEMPTS, QdrantCalls
from core.backends.qdrant_store import QdrantStore, open_local_qdrant_store, open_qdrant_store
from core.errors import (
    ConfigError,
    StoreRejected,
    StoreUnavailable,
)
from core.settings import Settings
from tests.contracts.legs import search_dense, search_lexical
from tests.contracts.qdrant_http import ANY, opened, settings_of
from tests.contracts.qdrant_stub import Fault, QdrantStub
from tests.contracts.store_archive import brief, embedded, identity_of, terms, unit

pytestmark = pytest.mark.anyio


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
    stub: QdrantStub, qdrant_store: QdrantStore, fault: Fault
) -> None:
    await qdrant_store.replace_articles([embedded(brief("a"))])
    stub.faults = [fault]
    found = await search_dense(qdrant_store, unit(1), where=ANY, k=3)
    assert [item.passage.article_id for item in found] == ["a"]


@pytest.mark.parametrize("fault", TRANSIENT)
async def test_a_lasting_fault_is_said_and_never_an_empty_answer(
    stub: QdrantStub, qdrant_store: QdrantStore, fault: Fault
) -> None:
    stub.faults = [fault] * 100
    with pytest.raises(StoreUnavailable, match="does not answer") as caught:
        await search_dense(qdrant_store, unit(1), where=ANY, k=3)
    assert caught.value.transient
    assert stub.url in str(caught.value)
    assert "SANAD_QDRANT_URL" in str(caught.value)
    assert len(stub.requests) == ATTEMPTS


async def test_a_write_whose_answer_was_lost_is_done_once_more_with_the_effect_of_once(
    stub: QdrantStub, qdrant_store: QdrantStore
) -> None:
    written = embedded(brief("a"))
    stub.faults = [Fault(status=503, is_done_first=True)] * 2
    await qdrant_store.replace_articles([written])
    assert await qdrant_store.get_passages("a") == [written.passages[0].passage]
    assert (await qdrant_store.status()).passages == 1


async def test_an_answer_that_takes_too_long_is_a_passing_fault(
    stub: QdrantStub, qdrant_store: QdrantStore
) -> None:
    stub.faults = [Fault(delay_s=1.5)]
    assert (await qdrant_store.status()).articles == 0
    assert len(stub.requests) == 4


async def test_a_server_that_wants_long_patience_is_not_waited_for(
    stub: QdrantStub, qdrant_store: QdrantStore
) -> None:
    stub.faults = [Fault(status=429, headers={"Retry-After": "3600"})]
    with pytest.raises(StoreUnavailable, match="429"):
        await qdrant_store.status()
    assert len(stub.requests) == 1


@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_a_refusal_is_ours_and_not_tried_again(
    stub: QdrantStub, qdrant_store: QdrantStore, status: int
) -> None:
    stub.faults = [Fault(status=status)]
    with pytest.raises(StoreRejected, match=rf"\({status}\): scripted") as caught:
        await qdrant_store.status()
    assert not caught.value.transient
    assert len(stub.requests) == 1


async def test_a_refusal_in_words_of_a_proxy_is_shown_as_it_came(
    stub: QdrantStub, qdrant_store: QdrantStore
) -> None:
    stub.faults = [Fault(status=413, content=b"<h1>413  Too Large</h1>")]
    with pytest.raises(StoreRejected, match=r"\(413\): <h1>413 Too Large</h1>"):
        await qdrant_store.status()


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
    stub: QdrantStub, qdrant_store: QdrantStore
) -> None:
    stub.client.delete_collection("sanad-0001")
    for call in (
        search_dense(qdrant_store, unit(1), where=ANY, k=3),
        search_lexical(qdrant_store, terms(1), where=ANY, k=3),
        qdrant_store.get_article("a"),
        qdrant_store.content_hashes(["a"]),
        qdrant_store.get_passages("a"),
        qdrant_store.status(),
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


@pytest.mark.parametrize(("jitter", "expected"), [(1.0, [0.2, 0.4]), (0.0, [0.1, 0.2])])
def test_pauses_grow_and_are_shaken(jitter: float, expected: list[float]) -> None:
    pauses: list[float] = []
    calls = QdrantCalls(place="here", pause=pauses.append, jitter=lambda: jitter)

    def overloaded() -> None:
        raise UnexpectedResponse(503, "", b"", Headers())

    with pytest.raises(StoreUnavailable, match="503"):
        calls(overloaded)
    assert pauses == pytest.approx(expected)


async def test_a_client_that_was_closed_elsewhere_is_a_fault(qdrant_store: QdrantStore) -> None:
    qdrant_store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await qdrant_store.status()
