"""Search finds by meaning and words, fairly between languages, within the filters."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.errors import EmptyQuery, InputError
from core.types import Match, PassageFilter
from retrieval.drawing import Drawn
from retrieval.fusion import Fused
from retrieval.parameters import DEFAULT_PARAMETERS
from retrieval.query import Contribution, GroupBy, SearchMode, SearchQuery
from tests.retrieval.small_archive import NOW, PORT, TREATY, Archive, article


class FixedScales:
    """Mean and deviation of cosines by language, whatever the question."""

    def __init__(self, by_language: dict[str, tuple[float, float]]) -> None:
        self._by_language = by_language

    def normalise(self, cosine: float, *, language: str) -> float:
        mean, deviation = self._by_language[language]
        return (cosine - mean) / deviation


SCALES = FixedScales({"ar": (0.8, 0.02), "en": (0.7, 0.04)})


def fused(
    dense: dict[str, float],
    lexical: dict[str, float] | None = None,
    *,
    language: str,
    mode: SearchMode = SearchMode.HYBRID,
) -> Fused:
    """Legs as scores by passage id, best first; an id begins with the passage's language."""
    lexical = lexical or {}
    drawn = Drawn(
        dense=[Match(key, score) for key, score in dense.items()],
        lexical=[Match(key, score) for key, score in lexical.items()],
        languages={key: key[:2] for key in (*dense, *lexical) if key != "withdrawn"},
    )
    return Fused(drawn, scales=SCALES, language=language, mode=mode)


def ids(one: Fused) -> list[str]:
    return [ranked.passage_id for ranked in one.ranked]


def test_cosines_are_compared_as_deviations_of_their_own_language() -> None:
    # ar: (0.84 - 0.80) / 0.02 = 2; en: (0.76 - 0.70) / 0.04 = 1.5: the lower cosine loses.
    assert ids(fused({"en1": 0.86, "ar1": 0.84}, language="fr", mode=SearchMode.DENSE)) == [
        "en1",
        "ar1",
    ]
    assert ids(fused({"ar1": 0.84, "en1": 0.76}, language="en")) == ["ar1", "en1"]


def test_the_lexical_leg_counts_only_within_the_language_of_the_query() -> None:
    one = fused({"ar1": 0.84, "en1": 0.78}, {"ar1": 9.0, "en1": 3.0}, language="en")
    scores = {ranked.passage_id: ranked.score for ranked in one.ranked}
    assert scores["ar1"] == pytest.approx(2.0)
    # 2 deviations, and 3/9 of the best lexical score against the neutral share.
    expected = 2.0 + DEFAULT_PARAMETERS.lexical * (3 / 9 - DEFAULT_PARAMETERS.lexical_neutral)
    assert scores["en1"] == pytest.approx(expected)
    why = one.explain("en1")
    assert (why.dense_rank, why.lexical_rank, why.lexical_weight) == (
        2,
        2,
        DEFAULT_PARAMETERS.lexical,
    )
    assert why.dense_normalised == pytest.approx(2.0)


def test_a_passage_that_the_dense_leg_did_not_return_has_the_lowest_score_of_its_language() -> None:
    one = fused({"en1": 0.86, "ar1": 0.84, "en2": 0.78}, {"en3": 3.0}, language="en")
    why = one.explain("en3")
    assert (why.dense_score, why.dense_rank) == (None, None)
    assert why.dense_normalised == pytest.approx(2.0)


def test_ties_are_broken_by_passage_id() -> None:
    assert ids(fused({"ar2": 0.9, "ar1": 0.9}, language="ar", mode=SearchMode.DENSE)) == [
        "ar1",
        "ar2",
    ]


def test_a_passage_withdrawn_while_it_is_found_is_left_out() -> None:
    one = fused({"ar1": 0.9, "withdrawn": 0.8}, {"withdrawn": 1.0}, language="ar")
    assert ids(one) == ["ar1"]


@pytest.mark.anyio
async def test_grouping_keeps_the_best_passage_of_each_article(archive: Archive) -> None:
    await archive.add([article(f"port-{n}", f"{PORT} Berth {n}.", "en") for n in range(5)])
    ranking = await archive.searcher.rank("port containers", where=PassageFilter())
    for count in (1, 3, 5, 9):
        hits = await archive.searcher.read(ranking, count=count, group_by=GroupBy.ARTICLE)
        assert len(hits) == min(count, 5)
        assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
        assert len({hit.header.id for hit in hits}) == len(hits)


@pytest.mark.anyio
async def test_a_language_new_to_the_index_is_found_at_once(archive: Archive) -> None:
    await archive.add([article("port", PORT, "en")])
    query = SearchQuery(text="treaty of partnership", mode=SearchMode.DENSE)
    assert len((await archive.searcher.search(query)).hits) == 1  # the languages are learnt here
    await archive.add([article("treaty", TREATY, "ar")])
    found = {hit.header.id for hit in (await archive.searcher.search(query)).hits}
    assert found == {"port", "treaty"}


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


@pytest.mark.anyio
async def test_a_number_is_found_in_other_languages_and_counts_there(archive: Archive) -> None:
    await archive.add([
        article("count", "بلغت الحصيلة ١٬٢٠٧ حاويات.", "ar"),
        article("other", "بلغت الحصيلة ٩٬٩٩٩ حاويات.", "ar"),
    ])
    query = SearchQuery(text="Who counted 1,207?")

    hits = {hit.header.id: hit for hit in (await archive.searcher.search(query)).hits}

    def numbers(article_id: str) -> list[Contribution]:
        parts = hits[article_id].explain().contributions
        return [part for part in parts if part.name == "numbers"]

    [found] = numbers("count")
    assert found.adds > 0
    assert found.weight == DEFAULT_PARAMETERS.numbers
    assert numbers("other") == []


@pytest.mark.anyio
async def test_numbers_count_once_in_the_language_of_the_question(archive: Archive) -> None:
    await archive.add([article("count", "بلغت الحصيلة ١٬٢٠٧ حاويات.", "ar")])

    [hit] = (await archive.searcher.search(SearchQuery(text="كم بلغت الحصيلة ١٬٢٠٧؟"))).hits

    assert "numbers" not in [part.name for part in hit.explain().contributions]
