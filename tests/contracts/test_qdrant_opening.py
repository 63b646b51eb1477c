"""Making, finding and replacing the collection on a Qdrant server."""

import pytest
from qdrant_client import models

from core.backends.qdrant_store import open_qdrant_store
from core.errors import (
    ConfigError,
    IndexIdentityMismatch,
)
from tests.contracts.qdrant_http import opened, settings_of
from tests.contracts.qdrant_stub import Fault, QdrantStub, Recorded
from tests.contracts.store_archive import brief, embedded, identity_of

pytestmark = pytest.mark.anyio


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
