"""A server says that it can serve only while its model, its index and its disk can."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from core.backends.edge_store import EdgeStore, open_edge_store
from core.backends.memory_embedder import HashingEmbedder
from core.backends.serving_embedder import open_serving_embedder
from core.errors import EmbedderUnavailable, IndexIdentityMismatch, StoreUnavailable
from core.settings import Settings
from sanad.serving_check import ServingCheck
from tests.api.doubles import IDENTITY

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def checked(data_dir: Path) -> AsyncIterator[tuple[ServingCheck, EdgeStore]]:
    """A check over a real index, and the store of it."""
    store = open_edge_store(data_dir, identity=IDENTITY, command="test", create=True)
    async with open_serving_embedder(HashingEmbedder(dimension=32)) as embedder:
        yield (
            ServingCheck(
                Settings(data_dir=data_dir), store=store, embedder=embedder, identity=IDENTITY
            ),
            store,
        )
    store.close()


async def test_it_can_serve_while_all_is_well(tmp_path: Path) -> None:
    async with checked(tmp_path) as (check, _):
        await check()


async def test_it_cannot_once_the_store_is_closed(tmp_path: Path) -> None:
    async with checked(tmp_path) as (check, store):
        store.close()
        with pytest.raises(StoreUnavailable, match="is closed"):
            await check()


async def test_it_cannot_once_the_folder_is_gone(tmp_path: Path) -> None:
    data_dir = tmp_path / "أرشيف"
    async with checked(data_dir) as (check, _):
        shutil.rmtree(data_dir)
        with pytest.raises(StoreUnavailable, match="cannot be read"):
            await check()


async def test_it_cannot_once_nobody_reads_questions(tmp_path: Path) -> None:
    async with checked(tmp_path) as (check, store):
        pass
    store.close()
    with pytest.raises(EmbedderUnavailable):
        await check()


async def test_it_cannot_once_the_index_has_become_another_one(tmp_path: Path) -> None:
    async with checked(tmp_path) as (check, store):
        draft = await store.begin_generation(replace(IDENTITY, chunker="another-1"))
        await draft.promote()
        with pytest.raises(IndexIdentityMismatch, match="another-1"):
            await check()
