"""An embedder that keeps its vectors gives what the model gave, and asks it once."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.backends.keeping_embedder import open_keeping_embedder
from core.backends.memory_embedder import HashingEmbedder
from core.types import Vectors

pytestmark = pytest.mark.anyio

TEXTS = [
    "معاهدة شراكة استراتيجية شاملة",
    "قیمت نفت بالا رفت",
    "Microsoft وقّعت 3 عقود",
    "👩🏽‍🚀🇩🇿",
    "",
    "معاهدة شراكة استراتيجية شاملة",
]


class Counting(HashingEmbedder):
    """Counts what it is given."""

    def __init__(self) -> None:
        super().__init__(dimension=16)
        self.given: list[str] = []

    async def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.given += texts
        return await super().embed_passages(texts)


def database(root: Path) -> Path:
    (found,) = root.glob("*/*.sqlite")
    return found


async def test_the_vectors_are_those_of_the_model_to_the_last_bit(tmp_path: Path) -> None:
    inner = Counting()
    async with open_keeping_embedder(inner, root=tmp_path) as embedder:
        first = await embedder.embed_passages(TEXTS)
        second = await embedder.embed_passages(TEXTS[::-1])
    async with open_keeping_embedder(inner, root=tmp_path) as embedder:
        third = await embedder.embed_passages(TEXTS)
    expected = await HashingEmbedder(dimension=16).embed_passages(TEXTS)

    for found in (first, second[::-1], third):
        assert found.tobytes() == expected.tobytes()
    assert inner.given == list(dict.fromkeys(TEXTS))


async def test_a_text_that_differs_by_a_space_is_another_text(tmp_path: Path) -> None:
    inner = Counting()
    async with open_keeping_embedder(inner, root=tmp_path) as embedder:
        await embedder.embed_passages(["نفت", "نفت ", "نِفت"])
        await embedder.embed_passages(["نفت "])
    assert inner.given == ["نفت", "نفت ", "نِفت"]


async def test_a_row_that_was_changed_is_embedded_again(tmp_path: Path) -> None:
    inner = Counting()
    async with open_keeping_embedder(inner, root=tmp_path) as embedder:
        expected = await embedder.embed_passages(TEXTS)
    with sqlite3.connect(database(tmp_path)) as connection:
        changed = connection.execute(
            "UPDATE vectors SET vector = zeroblob(64) WHERE rowid <= 2"
        ).rowcount
    connection.close()
    inner.given.clear()
    async with open_keeping_embedder(inner, root=tmp_path) as embedder:
        again = await embedder.embed_passages(TEXTS)
        assert (await embedder.embed_passages(TEXTS)).tobytes() == expected.tobytes()

    assert again.tobytes() == expected.tobytes()
    assert len(inner.given) == changed == 2
