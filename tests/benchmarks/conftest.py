"""Fixtures of the benchmarks' tests."""

import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.identity import IndexIdentity


@pytest.fixture
def identity() -> IndexIdentity:
    return IndexIdentity(
        embedder=HashingEmbedder().identity, chunker="c", normaliser="n", lexical="l", tokens="t"
    )
