"""The rivals rank as their definitions say, and give each article once."""

from collections.abc import Sequence

import pytest

from benchmarks.retrieval_baselines import Bm25, Bm25Search, NearestSearch, RrfSearch, fuse
from core.identity import IndexIdentity
from core.types import Match
from eval.retrieval import Searches
from retrieval.query import SearchQuery
from tests.retrieval.small_archive import PORT, TREATY, Archive, article

pytestmark = pytest.mark.anyio

TEXTS = {
    "a": "port Ras Manar containers",
    "b": "ميناء رأس المنار حاويات",
    "c": "port port port of Ras Manar, containers and cranes and many more words",
    "d": "👩🏽‍🚀",
    "e": "ميناء",
}


def ids(matches: Sequence[Match]) -> list[str]:
    return [match.passage_id for match in matches]


def test_words_are_matched_as_they_are_written_and_nothing_else_is_found() -> None:
    index = Bm25(TEXTS)
    assert ids(index.matches("حاويات؟")) == ["b"]
    assert ids(index.matches("CRANES")) == ["c"]
    # No stemming, no folding: that is what a plain tokenizer does.
    assert index.matches("الميناء") == []
    assert index.matches("crane") == []


def test_a_query_without_words_finds_nothing() -> None:
    index = Bm25(TEXTS)
    for query in ("", "?", "👩🏽‍🚀", "the of and"):
        assert index.matches(query) == []


def test_the_shorter_text_wins_where_the_words_are_the_same() -> None:
    assert ids(Bm25(TEXTS).matches("ميناء")) == ["e", "b"]


def test_equal_scores_are_ordered_by_id_whatever_the_order_of_indexing() -> None:
    texts = {key: f"نفط {key}" for key in ("z", "m", "a")}
    assert ids(Bm25(texts).matches("نفط")) == ["a", "m", "z"]


def test_ties_at_the_last_place_are_broken_by_id_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.retrieval_baselines.DEPTH", 2)
    texts = {"z": "نفط غاز", "m": "نفط", "a": "نفط", "b": "نفط"}
    assert ids(Bm25(texts).matches("نفط")) == ["a", "b"]


def test_reciprocal_ranks_are_added() -> None:
    fused = fuse([[Match("a", 9.0), Match("b", 8.0)], [Match("c", 0.3), Match("b", 0.1)]])
    # b: 1/62 + 1/62; a and c: 1/61 each, a first by its id.
    assert [(one.passage_id, pytest.approx(one.score)) for one in fused] == [
        ("b", 2 / 62),
        ("a", 1 / 61),
        ("c", 1 / 61),
    ]


@pytest.fixture
async def archive(identity: IndexIdentity) -> Archive:
    archive = Archive(identity)
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    return archive


async def searches(archive: Archive) -> list[Searches]:
    texts = {
        passage.id: passage.text
        for key in ("treaty", "port")
        for passage in await archive.store.get_passages(key)
    }
    index = Bm25(texts)
    return [
        Bm25Search(index, archive.store),
        NearestSearch(archive.embedder, archive.store),
        RrfSearch(index, archive.embedder, archive.store),
    ]


async def test_every_rival_finds_the_article_and_says_why(archive: Archive) -> None:
    for search in await searches(archive):
        hits = (await search.search(SearchQuery(text="المعاهدة على المساعدة المتبادلة"))).hits
        assert hits[0].header.id == "treaty"
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        reasons = hits[0].explain()
        assert 1 in {reasons.dense_rank, reasons.lexical_rank}
        assert sum(part.adds for part in reasons.contributions) == pytest.approx(hits[0].score)


async def test_no_more_articles_come_than_are_asked_for(archive: Archive) -> None:
    for search in await searches(archive):
        found = await search.search(SearchQuery(text="containers المعاهدة", limit=1))
        assert len(found.hits) == 1
