"""Search finds by meaning and words, fairly between languages, within the filters."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.errors import EmptyQuery, InputError
from core.types import ArticleHeader, Passage, PassageFilter, ScoredPassage
from retrieval.cohort import CohortScales
from retrieval.fusion import LEXICAL_NEUTRAL, LEXICAL_WEIGHT, best_of_each_article, fuse
from retrieval.query import GroupBy, SearchMode, SearchQuery
from tests.retrieval.small_archive import NOW, PORT, TREATY, Archive, article

SCALES = CohortScales({"ar": (0.8, 0.02), "en": (0.7, 0.04)})


def found(key: str, language: str, score: float) -> ScoredPassage:
    passage = Passage(
        id=key, article_id=key[0], order=0, start=0, end=1, text="x", language=language, tokens=1
    )
    return ScoredPassage(
        passage=passage, header=ArticleHeader(id=key[0], title="t", language=language), score=score
    )


def test_cosines_are_compared_as_deviations_of_their_own_language() -> None:
    # ar: (0.84 - 0.80) / 0.02 = 2; en: (0.76 - 0.70) / 0.04 = 1.5: the lower cosine loses.
    hits = fuse(
        [found("a1", "ar", 0.84), found("b1", "en", 0.86)],
        [],
        scales=SCALES,
        language="fr",
        mode=SearchMode.DENSE,
    )
    assert [hit.passage.id for hit in hits] == ["b1", "a1"]
    hits = fuse(
        [found("a1", "ar", 0.84), found("b1", "en", 0.76)],
        [],
        scales=SCALES,
        language="en",
        mode=SearchMode.HYBRID,
    )
    assert [hit.passage.id for hit in hits] == ["a1", "b1"]


def test_the_lexical_leg_counts_only_within_the_language_of_the_query() -> None:
    dense = [found("a1", "ar", 0.84), found("b1", "en", 0.78)]
    lexical = [found("a1", "ar", 9.0), found("b1", "en", 3.0)]
    hits = fuse(dense, lexical, scales=SCALES, language="en", mode=SearchMode.HYBRID)
    by_id = {hit.passage.id: hit for hit in hits}
    assert by_id["a1"].score == pytest.approx(2.0)
    # 2 deviations, and 3/9 of the best lexical score against the neutral share.
    expected = 2.0 + LEXICAL_WEIGHT * (3 / 9 - LEXICAL_NEUTRAL)
    assert by_id["b1"].score == pytest.approx(expected)


def test_ties_are_broken_by_passage_id() -> None:
    hits = fuse(
        [found("b2", "ar", 0.9), found("a2", "ar", 0.9)],
        [],
        scales=SCALES,
        language="ar",
        mode=SearchMode.DENSE,
    )
    assert [hit.passage.id for hit in hits] == ["a2", "b2"]
    assert [hit.rank for hit in hits] == [1, 2]


def test_grouping_keeps_the_best_passage_of_each_article() -> None:
    dense = [found("a1", "ar", 0.9), found("a2", "ar", 0.89), found("b1", "ar", 0.88)]
    hits = fuse(dense, [], scales=SCALES, language="ar", mode=SearchMode.DENSE)
    grouped = best_of_each_article(hits)
    assert [(hit.rank, hit.passage.id) for hit in grouped] == [(1, "a1"), (2, "b1")]


@pytest.mark.anyio
async def test_a_search_finds_by_words_and_meaning(archive: Archive) -> None:
    await archive.add([article("treaty", TREATY, "ar"), article("port", PORT, "en")])
    for mode in SearchMode:
        results = await archive.searcher.search(
            SearchQuery(text="containers handled by the port of Ras Manar", mode=mode)
        )
        assert results.hits[0].header.id == "port"
        assert results.language == "en"


@pytest.mark.anyio
async def test_an_embargoed_article_is_found_only_afterwards(archive: Archive) -> None:
    later = article("port", PORT, "en", embargoed_until=datetime(2026, 1, 2, tzinfo=UTC))
    await archive.add([later])
    query = SearchQuery(text="port of Ras Manar")
    assert (await archive.searcher.search(query)).hits == ()
    await archive.add([replace(later, embargoed_until=NOW)])
    assert len((await archive.searcher.search(query)).hits) == 1


@pytest.mark.anyio
async def test_filters_and_paging_hold(archive: Archive) -> None:
    await archive.add([article(f"port-{n}", f"{PORT} Berth {n}.", "en") for n in range(5)])
    await archive.add([article("treaty", TREATY, "ar")])
    where = PassageFilter(languages=("en",))
    first = await archive.searcher.search(
        SearchQuery(text="port containers", where=where, limit=3, group_by=GroupBy.PASSAGE)
    )
    rest = await archive.searcher.search(
        SearchQuery(text="port containers", where=where, limit=3, offset=3)
    )
    ids = [hit.header.id for hit in (*first.hits, *rest.hits)]
    assert sorted(ids) == [f"port-{n}" for n in range(5)]
    assert [hit.rank for hit in rest.hits] == [4, 5]


@pytest.mark.parametrize("text", ["", "   ", "؟؟", "\u200f\n", "🙂"])
def test_a_query_without_letters_or_digits_is_refused(text: str) -> None:
    with pytest.raises(EmptyQuery):
        SearchQuery(text=text)


@pytest.mark.parametrize("text", ["ا" * 2001, "a\ud800b"])
def test_a_query_too_long_or_broken_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        SearchQuery(text=text)


@pytest.mark.parametrize("bounds", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"offset": 1001}])
def test_bounds_are_checked(bounds: dict[str, int]) -> None:
    with pytest.raises(InputError):
        SearchQuery(text="port", **bounds)  # type: ignore[arg-type]  # bounds by name
