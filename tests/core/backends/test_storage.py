"""The settings choose the store, and it is let go of whatever happens."""

from pathlib import Path

import pytest

from core.backends.edge_lock import read_lock_holder
from core.backends.edge_store import EdgeStore
from core.backends.qdrant_store import QdrantStore
from core.backends.storage import open_store
from core.errors import ConfigError, IndexIdentityMismatch, StoreUnavailable
from core.settings import Settings
from tests.contracts.qdrant_stub import running_stub
from tests.contracts.store_archive import brief, embedded, identity_of

pytestmark = pytest.mark.anyio


async def test_the_default_is_the_embedded_store_in_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "مجلد البيانات")
    async with open_store(
        settings, identity=identity_of(), command="sanad index", create=True
    ) as store:
        assert isinstance(store, EdgeStore)
        await store.replace_articles([embedded(brief("a"))])
        store.set_url("http://127.0.0.1:8000")
        holder = read_lock_holder(settings.data_dir)
        assert holder is not None
        assert (holder.command, holder.url) == ("sanad index", "http://127.0.0.1:8000")
        assert (store.size_on_disk() or 0) > 0
    assert read_lock_holder(settings.data_dir) is None
    async with open_store(settings, identity=None, command="sanad ask", create=False) as store:
        assert (await store.status()).articles == 1


async def test_the_embedded_store_is_let_go_of_when_its_user_fails(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(ZeroDivisionError):
        async with open_store(settings, identity=identity_of(), command="x", create=True):
            raise ZeroDivisionError
    assert read_lock_holder(tmp_path) is None
    with pytest.raises(IndexIdentityMismatch):
        async with open_store(
            settings, identity=identity_of(model="other"), command="x", create=True
        ):
            pass
    assert read_lock_holder(tmp_path) is None


async def test_a_server_is_used_where_the_settings_say_so() -> None:
    with running_stub() as stub:
        settings = Settings(store="qdrant", qdrant_url=stub.url, qdrant_collection="archive")
        async with open_store(settings, identity=identity_of(), command="x", create=True) as store:
            assert isinstance(store, QdrantStore)
            assert store.size_on_disk() is None
            store.set_url("http://127.0.0.1:8000")
            await store.replace_articles([embedded(brief("a"))])
        [alias] = stub.client.get_aliases().aliases
        assert (alias.alias_name, alias.collection_name) == ("archive", "archive-0001")
        with pytest.raises(StoreUnavailable, match="closed"):
            await store.status()


async def test_an_index_that_is_not_there_is_not_made_unasked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="sanad index PATH"):
        async with open_store(
            Settings(data_dir=tmp_path), identity=identity_of(), command="x", create=False
        ):
            pass
