"""Fixtures of the read path's tests."""

import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.identity import IndexIdentity
from tests.retrieval.small_archive import Archive


@pytest.fixture
def identity() -> IndexIdentity:
    return IndexIdentity(
        embedder=HashingEmbedder().identity, chunker="c", normaliser="n", lexical="l", tokens="t"
    )


@pytest.fixture
def archive(identity: IndexIdentity) -> Archive:
    return Archive(identity)
