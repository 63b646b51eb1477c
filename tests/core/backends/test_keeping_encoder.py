"""An encoder that keeps its vectors gives what it was given, and asks once."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.backends.keeping_encoder import KeepingEncoder, open_keeping_encoder
from core.backends.memory_embedder import HashingEmbedder
from core.passage_encoder import TokenPassageEncoder
from core.ports import PassageEncoder
from core.token_codec import VERSION
from core.vectors import PassageVectors
from tests.retrieval.plain_cohort import plain_cohort

pytestmark = pytest.mark.anyio

EMBEDDER = HashingEmbedder(dimension=16)
TEXTS = [
    "معاهدة شراكة استراتيجية شاملة",
    "قیمت نفت بالا رفت",
    "Microsoft وقّعت 3 عقود",
    "👩🏽‍🚀🇩🇿",
    "",
    "معاهدة شراكة استراتيجية شاملة",
]
LANGUAGES = ["ar", "fa", "ar", "und", "ar", "ar"]


class Counting:
    """A real encoder that counts what it is given."""

    def __init__(self) -> None:
        self._inner = TokenPassageEncoder(EMBEDDER, plain_cohort(["ar"], dimension=16).codec)
        self.given: list[str] = []

    async def encode(
        self, texts: Sequence[str], *, languages: Sequence[str]
    ) -> list[PassageVectors]:
        self.given += texts
        return await self._inner.encode(texts, languages=languages)


@asynccontextmanager
async def keeping(inner: PassageEncoder, root: Path) -> AsyncIterator[KeepingEncoder]:
    async with open_keeping_encoder(
        inner, root=root, identity=EMBEDDER.identity, tokens=VERSION
    ) as encoder:
        yield encoder


def database(root: Path) -> Path:
    (found,) = root.glob("*/*.sqlite")
    return found


def as_bytes(vectors: Sequence[PassageVectors]) -> list[tuple[bytes, bytes]]:
    return [(one.pooled.tobytes(), one.codes) for one in vectors]


async def test_vectors_and_codes_are_those_of_the_model_to_the_last_bit(tmp_path: Path) -> None:
    inner = Counting()
    async with keeping(inner, tmp_path) as encoder:
        first = await encoder.encode(TEXTS, languages=LANGUAGES)
        second = await encoder.encode(TEXTS[::-1], languages=LANGUAGES[::-1])
    async with keeping(inner, tmp_path) as encoder:
        third = await encoder.encode(TEXTS, languages=LANGUAGES)
    expected = await Counting().encode(TEXTS, languages=LANGUAGES)

    for found in (first, second[::-1], third):
        assert as_bytes(found) == as_bytes(expected)
    assert inner.given == list(dict.fromkeys(TEXTS))


async def test_nothing_in_gives_nothing(tmp_path: Path) -> None:
    async with keeping(Counting(), tmp_path) as encoder:
        assert await encoder.encode([], languages=[]) == []


async def test_a_text_that_differs_by_a_space_or_in_language_is_another(tmp_path: Path) -> None:
    inner = Counting()
    async with keeping(inner, tmp_path) as encoder:
        await encoder.encode(["نفت", "نفت ", "نِفت", "نفت"], languages=["ar", "ar", "ar", "fa"])
        await encoder.encode(["نفت ", "نفت"], languages=["ar", "fa"])
    assert inner.given == ["نفت", "نفت ", "نِفت", "نفت"]


@pytest.mark.parametrize("column", ["vector", "codes"])
async def test_a_row_that_was_changed_is_encoded_again(tmp_path: Path, column: str) -> None:
    inner = Counting()
    async with keeping(inner, tmp_path) as encoder:
        expected = as_bytes(await encoder.encode(TEXTS, languages=LANGUAGES))
    with sqlite3.connect(database(tmp_path)) as connection:
        changed = connection.execute(
            f"UPDATE vectors SET {column} = zeroblob(64) WHERE rowid <= 2"
        ).rowcount
    connection.close()
    inner.given.clear()
    async with keeping(inner, tmp_path) as encoder:
        again = as_bytes(await encoder.encode(TEXTS, languages=LANGUAGES))
        kept = as_bytes(await encoder.encode(TEXTS, languages=LANGUAGES))

    assert again == kept == expected
    assert len(inner.given) == changed == 2
