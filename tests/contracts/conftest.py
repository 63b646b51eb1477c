"""The stores that the contract is held against."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from core.backends.edge_store import open_edge_store
from core.backends.memory_store import MemoryStore
from core.backends.qdrant_store import QdrantStore, open_local_qdrant_store, open_qdrant_store
from core.backends.storage import OpenIndex
from core.settings import Settings
from tests.contracts.qdrant_http import opened
from tests.contracts.qdrant_stub import QdrantStub, running_stub
from tests.contracts.store_archive import (
    identity_of,
    quick_folder,
)


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    with quick_folder(tmp_path) as folder:
        yield folder


@pytest.fixture(params=["memory", "qdrant", "qdrant over http", "edge"])
def store(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[OpenIndex]:
    opened: OpenIndex
    if request.param == "qdrant over http":
        with running_stub() as stub:
            settings = Settings(store="qdrant", qdrant_url=stub.url)
            opened = open_qdrant_store(settings, identity=identity_of(), create=True)
            yield opened
            opened.close()
        return
    match request.param:
        case "memory":
            opened = MemoryStore(identity_of())
        case "qdrant":
            client = QdrantClient(location=":memory:")
            opened = open_local_qdrant_store(client, identity=identity_of(), create=True)
        case _:
            opened = open_edge_store(
                data_dir, identity=identity_of(), command="pytest", create=True
            )
    yield opened
    opened.close()


@pytest.fixture
def stub() -> Iterator[QdrantStub]:
    with running_stub() as stub:
        yield stub


@pytest.fixture
def qdrant_store(stub: QdrantStub) -> Iterator[QdrantStore]:
    store = opened(stub)
    stub.requests.clear()
    yield store
    store.close()
