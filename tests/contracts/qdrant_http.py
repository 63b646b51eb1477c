"""A store on a Qdrant server at an address."""

from typing import Any

from core.backends.qdrant_store import QdrantStore, open_qdrant_store
from core.identity import IndexIdentity
from core.settings import Settings
from core.types import PassageFilter
from tests.contracts.qdrant_stub import QdrantStub
from tests.contracts.store_archive import identity_of

ANY = PassageFilter()


def settings_of(url: str, **more: Any) -> Settings:
    return Settings(store="qdrant", qdrant_url=url, qdrant_timeout_s=1, **more)


def opened(
    stub: QdrantStub, *, identity: IndexIdentity | None = None, create: bool = True, **more: Any
) -> QdrantStore:
    return open_qdrant_store(
        settings_of(stub.url, **more), identity=identity or identity_of(), create=create
    )
