"""How every store scores and orders what it finds."""

import math
from dataclasses import replace

import numpy as np
import pytest

from core.backends.storage import OpenIndex
from core.types import (
    PassageFilter,
    SparseVector,
    VectorQuery,
)
from tests.contracts.legs import (
    ANY,
    EMPTY,
    ids_of,
    search_dense,
    search_lexical,
)
from tests.contracts.store_archive import (
    ARCHIVE,
    DIMENSION,
    LARGEST_TERM,
    brief,
    embedded,
    terms,
    unit,
)

pytestmark = pytest.mark.anyio


async def test_dense_scores_are_cosines_and_fall(store: OpenIndex) -> None:
    await store.replace_articles([
        embedded(brief(name), dense=[vector])
        for name, vector in (("far", unit(-1)), ("near", unit(1)), ("mid", unit(0.6, 0.8)))
    ])
    found = await search_dense(store, unit(1), where=ANY, k=10)
    assert ids_of(found) == ["near", "mid", "far"]
    assert [item.score for item in found] == pytest.approx([1.0, 0.6, -1.0], abs=1e-6)
    assert all(-1 <= item.score <= 1 for item in found)


def idf(total: int, holding: int) -> float:
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5))


async def test_lexical_scores_are_dot_products_with_idf(store: OpenIndex) -> None:
    vectors = {"a": terms(1, 2, weight=0.5), "b": terms(2, 9), "c": terms(2, LARGEST_TERM)}
    await store.replace_articles([
        *(embedded(brief(name), lexical=[vector]) for name, vector in vectors.items()),
        embedded(brief("no terms"), lexical=[EMPTY]),
    ])
    query = SparseVector(indices=(1, 2, LARGEST_TERM), values=(1.0, 1.0, 2.0))
    found = await search_lexical(store, query, where=ANY, k=10)
    # Three passages have terms: 1 stands in one of them, 2 in all, the largest in one.
    expected = {
        "c": idf(3, 3) + 2 * idf(3, 1),
        "a": 0.5 * idf(3, 1) + 0.5 * idf(3, 3),
        "b": idf(3, 3),
    }
    assert ids_of(found) == ["c", "a", "b"]
    assert [item.score for item in found] == pytest.approx(list(expected.values()), rel=1e-5)


async def test_idf_counts_the_archive_and_not_the_filter(store: OpenIndex) -> None:
    await store.replace_articles([
        embedded(brief("ar"), lexical=[terms(1)]),
        embedded(brief("en", language="en"), lexical=[terms(1)]),
        embedded(brief("fr", language="fr"), lexical=[terms(2)]),
    ])
    [found] = await search_lexical(store, terms(1), where=PassageFilter(languages=("ar",)), k=10)
    assert found.score == pytest.approx(idf(3, 2), rel=1e-5)


async def test_idf_forgets_what_was_deleted_or_replaced(store: OpenIndex) -> None:
    await store.replace_articles([
        embedded(brief(f"a{number}"), lexical=[terms(1, 2)]) for number in range(8)
    ])
    await store.delete_articles([f"a{number}" for number in range(4)])
    await store.replace_articles([embedded(brief("a7", "جديد."), lexical=[terms(3)])])
    found = await search_lexical(store, terms(1), where=ANY, k=10)
    assert [item.score for item in found] == pytest.approx([idf(4, 3)] * 3, rel=1e-5)


async def test_ties_stand_by_passage_id(store: OpenIndex) -> None:
    written = [
        embedded(brief(f"t{number}"), dense=[unit(1)], lexical=[terms(1)]) for number in range(40)
    ]
    await store.replace_articles(written)
    ordered = sorted(item.passages[0].passage.id for item in written)
    for k in (1, 7, 39, 40, 100):
        dense = await search_dense(store, unit(1), where=ANY, k=k)
        lexical = await search_lexical(store, terms(1), where=ANY, k=k)
        assert [item.passage.id for item in dense] == ordered[:k]
        assert [item.passage.id for item in lexical] == ordered[:k]


async def test_a_tie_below_better_hits_is_cut_by_passage_id(store: OpenIndex) -> None:
    best = [embedded(brief(f"b{number}"), dense=[unit(1)]) for number in range(3)]
    tied = [embedded(brief(f"t{number}"), dense=[unit(1, 1)]) for number in range(30)]
    await store.replace_articles([*tied, *best])
    found = await search_dense(store, unit(1), where=ANY, k=10)
    assert set(ids_of(found)[:3]) == {"b0", "b1", "b2"}
    assert [item.passage.id for item in found[3:]] == sorted(
        item.passages[0].passage.id for item in tied
    )[:7]


async def test_the_order_does_not_depend_on_the_order_of_writing(store: OpenIndex) -> None:
    written = [embedded(brief(f"t{number}"), dense=[unit(1, number % 3)]) for number in range(20)]
    await store.replace_articles(written)
    first = await search_dense(store, unit(1), where=ANY, k=10)
    await store.delete_articles([item.stored.article.id for item in written])
    for item in reversed(written):
        await store.replace_articles([item])
    assert await search_dense(store, unit(1), where=ANY, k=10) == first


async def test_k_beyond_the_content_gives_all_there_is(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    assert len(await search_dense(store, unit(1), where=ANY, k=10_000)) == 4
    assert len(await search_lexical(store, terms(1), where=ANY, k=10_000)) == 4


async def test_several_queries_are_answered_in_their_order(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    queries = [
        VectorQuery(vector=unit(1), where=PassageFilter(languages=("ar",)), k=5),
        VectorQuery(vector=EMPTY, where=ANY, k=5),
        VectorQuery(vector=terms(1), where=PassageFilter(languages=("en",)), k=5),
        VectorQuery(vector=unit(1), where=PassageFilter(languages=("ar",)), k=1),
    ]
    found = await store.search(queries)
    alone = [(await store.search([query]))[0] for query in queries]
    assert found == alone
    assert [bool(matches) for matches in found] == [True, False, True, True]
    assert await store.search([]) == []


async def test_an_empty_sparse_query_finds_nothing(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    assert await search_lexical(store, EMPTY, where=ANY, k=10) == []


async def test_a_passage_without_terms_is_found_by_the_dense_leg_only(store: OpenIndex) -> None:
    await store.replace_articles([embedded(brief("a"), lexical=[EMPTY])])
    assert ids_of(await search_dense(store, unit(1), where=ANY, k=5)) == ["a"]
    assert await search_lexical(store, terms(1), where=ANY, k=5) == []


async def test_a_term_that_no_passage_holds_finds_nothing(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    assert await search_lexical(store, terms(777), where=ANY, k=5) == []


async def test_token_codes_come_back_as_they_were_written(store: OpenIndex) -> None:
    coded = embedded(brief("coded"), dense=[unit(1)])
    [passage] = coded.passages
    codes = bytes(range(256)) * 90
    coded = replace(coded, passages=(replace(passage, tokens=codes),))
    bare = embedded(brief("bare"), dense=[unit(0, 1)])
    await store.replace_articles([coded, bare])
    key = passage.passage.id
    ids = [key, bare.passages[0].passage.id, "00000000-0000-4000-8000-000000000000"]
    assert await store.read_tokens(ids) == {key: codes}
    assert await store.read_tokens([]) == {}
    assert (await store.read_passages(ids))[key].passage == passage.passage
    assert [found.id for found in await store.get_passages("coded")] == [key]


async def test_a_sample_is_the_first_passages_of_a_language_by_id(store: OpenIndex) -> None:
    vectors = [unit(1), unit(0, 1), unit(1, 1)]
    one = embedded(brief("one", "abc def ghi"), spans=[(0, 3), (4, 7), (8, 11)], dense=vectors)
    other = embedded(brief("other", language="en"), dense=[unit(0, 0, 1)])
    await store.replace_articles([one, other])
    ordered = sorted(one.passages, key=lambda item: item.passage.id)
    sample = await store.sample_passages("ar", count=2)
    assert sample.ids == tuple(item.passage.id for item in ordered[:2])
    assert np.allclose(sample.vectors, [item.dense for item in ordered[:2]], atol=1e-6)
    assert len((await store.sample_passages("ar", count=9)).ids) == 3
    nothing = await store.sample_passages("xx", count=9)
    assert (nothing.ids, nothing.vectors.shape) == ((), (0, DIMENSION))
