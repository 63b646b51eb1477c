"""Vectors are kept by exact text: what was read once is not read again."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from benchmarks.passages_vectors import BATCH, KeptVectors
from core.backends.embedding import EmbedderParts
from core.backends.memory_embedder import HashingEmbedder, WordCounter
from core.types import Vectors

TEXTS = ["وقّعت موسكو المعاهدة.", "", "Port of Ras Manar 🚢", "وقّعت موسكو المعاهدة."]


class Counting(HashingEmbedder):
    """Notes what it reads."""

    def __init__(self, dimension: int = 32) -> None:
        super().__init__(dimension)
        self.read: list[str] = []

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.read += texts
        return await super().embed_passages(texts)


def opened(embedder: HashingEmbedder, folder: Path) -> KeptVectors:
    parts = EmbedderParts(embedder=embedder, token_counter=WordCounter(), folder=folder)
    return KeptVectors(parts, folder / "kept" / "vectors.sqlite")


@pytest.mark.anyio
async def test_a_text_is_read_once_even_by_another_run(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    said: list[str] = []
    for embedder in (first, second):
        kept = opened(embedder, tmp_path)
        found = await kept.passages(TEXTS, say=said.append)
        kept.close()
        np.testing.assert_array_equal(
            found.vectors, await HashingEmbedder(32).embed_passages(TEXTS)
        )
        # To the double, a shadda is a sign within a word.
        assert found.tokens == 6 + 0 + 5 + 6
        assert found.seconds > 0

    assert first.read == TEXTS[:3]
    assert second.read == []
    assert said == ["  3 of 4 texts to embed"]


@pytest.mark.anyio
async def test_questions_and_other_models_do_not_get_the_vectors_of_passages(
    tmp_path: Path,
) -> None:
    kept = opened(Counting(), tmp_path)
    await kept.passages(TEXTS, say=lambda _: None)
    said: list[str] = []
    await kept.queries(TEXTS, say=said.append)
    kept.close()
    other = Counting(dimension=16)
    kept = opened(other, tmp_path)
    found = await kept.passages(TEXTS, say=lambda _: None)
    kept.close()

    assert said == ["  3 of 4 texts to embed"]
    assert other.read == TEXTS[:3]
    assert found.vectors.shape == (4, 16)


@pytest.mark.anyio
async def test_more_texts_than_one_call_takes_keep_their_order(tmp_path: Path) -> None:
    texts = [f"خبر رقم {n}" for n in range(BATCH + 3)]
    kept = opened(Counting(), tmp_path)
    found = await kept.passages(texts, say=lambda _: None)
    empty = await kept.passages([], say=lambda _: None)
    kept.close()

    np.testing.assert_array_equal(found.vectors, await HashingEmbedder(32).embed_passages(texts))
    assert empty.vectors.shape == (0, 32)
