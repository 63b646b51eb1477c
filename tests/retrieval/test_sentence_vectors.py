"""Sentence vectors are kept by text, within a bound."""

from collections.abc import Sequence

import numpy as np
import pytest

from core.backends.memory_embedder import HashingEmbedder
from core.types import PassageFilter, TokenVectors
from retrieval.answering.sentence_vectors import SentenceVectors
from retrieval.evidence import Candidate, find_candidates
from tests.retrieval.small_archive import PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio


class Counting(HashingEmbedder):
    """An embedder that remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def embed_passage_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.asked += texts
        return await super().embed_passage_tokens(texts)


async def candidates_of(archive: Archive) -> list[Candidate]:
    ranking = await archive.searcher.rank("port containers", where=PassageFilter())
    return find_candidates(await archive.searcher.read(ranking, count=9))


async def test_an_article_written_anew_needs_only_its_new_sentences(archive: Archive) -> None:
    embedder = Counting()
    vectors = SentenceVectors(embedder)
    await archive.add([article("port", PORT, "en"), article("treaty", TREATY, "ar")])
    await vectors.of(await candidates_of(archive))
    first = len(embedder.asked)
    await archive.add([article("port", f"{PORT} A new berth opened.", "en")])
    again = await candidates_of(archive)
    found = await vectors.of(again)
    assert embedder.asked[first:] == ["A new berth opened."]
    expected = await archive.embedder.embed_passage_tokens([each.text for each in again])
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one.tokens, other.tokens)


async def test_no_more_is_kept_than_allowed_and_all_is_given(archive: Archive) -> None:
    embedder = Counting()
    vectors = SentenceVectors(embedder, capacity=2)
    await archive.add([article("port", PORT, "en"), article("treaty", TREATY, "ar")])
    candidates = await candidates_of(archive)
    assert len({each.text for each in candidates}) > 2
    assert len(await vectors.of(candidates)) == len(candidates)
    titles = await vectors.of_titles(candidates)
    assert set(titles) == {"port", "treaty"}
