"""The cache of question vectors keeps within its bytes and shares nothing that can change."""

from dataclasses import replace

import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.backends.vector_cache import VectorCache, read_only
from core.types import TokenVectors

IDENTITY = HashingEmbedder(dimension=8).identity


def vectors(tokens: int = 4) -> TokenVectors:
    batch = np.ones((tokens + 1, 8), np.float32)
    return TokenVectors(pooled=batch[0], tokens=batch[1:])


def test_a_text_is_known_to_the_model_that_read_it_only() -> None:
    cache = VectorCache()
    cache.put(IDENTITY, "معاهدة", vectors())
    assert cache.get(IDENTITY, "معاهدة") is not None
    assert cache.get(IDENTITY, "معاهدة ") is None
    assert cache.get(replace(IDENTITY, precision="int8"), "معاهدة") is None


def test_the_bytes_are_those_of_what_is_kept_and_never_more_than_allowed() -> None:
    cache = VectorCache(max_bytes=5_000)
    for number in range(100):
        cache.put(IDENTITY, f"长江 {number} 🌉", vectors(tokens=number % 30))
        assert 0 < cache.size_bytes <= 5_000
    assert len(cache) > 1
    cache.put(IDENTITY, f"长江 {99} 🌉", vectors(tokens=0))
    alone = VectorCache()
    alone.put(IDENTITY, "x", vectors(tokens=1))
    # 600 of the entry, 4 of the character, two vectors of 8 float32.
    assert alone.size_bytes == 600 + 4 + 2 * 8 * 4
    alone.put(IDENTITY, "x", vectors(tokens=2))
    assert alone.size_bytes == 600 + 4 + 3 * 8 * 4


def test_what_alone_is_too_large_is_not_kept_and_drives_nothing_out() -> None:
    cache = VectorCache(max_bytes=2_000)
    cache.put(IDENTITY, "small", vectors())
    cache.put(IDENTITY, "large", vectors(tokens=1_000))
    assert (cache.get(IDENTITY, "large"), len(cache)) == (None, 1)


def test_a_read_only_copy_keeps_no_batch_alive_and_cannot_be_written_to() -> None:
    given = vectors()
    kept = read_only(given)
    assert kept.pooled.base is None
    assert kept.tokens.base is None
    given.pooled[0] = 7.0
    assert kept.pooled[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        kept.tokens[0, 0] = 2.0
