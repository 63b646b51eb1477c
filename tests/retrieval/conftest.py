"""Fixtures of the read path's tests."""

import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.identity import IndexIdentity
from tests.retrieval.generating import CRANES
from tests.retrieval.small_archive import TREATY, Archive, article


@pytest.fixture
def identity() -> IndexIdentity:
    return IndexIdentity(
        embedder=HashingEmbedder().identity, chunker="c", normaliser="n", lexical="l", tokens="t"
    )


@pytest.fixture
def archive(identity: IndexIdentity) -> Archive:
    return Archive(identity)


@pytest.fixture
async def port(archive: Archive) -> Archive:
    await archive.add([article("port", CRANES, "en"), article("treaty", TREATY, "ar")])
    return archive
