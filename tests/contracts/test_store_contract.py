"""What every store promises, on the double, on Qdrant in process and on the embedded engine."""

import math
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import anyio
import numpy as np
import pytest
from qdrant_client import QdrantClient

from core.backends.edge_store import open_edge_store
from core.backends.memory_store import MemoryStore
from core.backends.qdrant_store import open_local_qdrant_store, open_qdrant_store
from core.backends.storage import OpenIndex
from core.errors import InvalidFilter, StoreRejected, StoreUnavailable
from core.settings import Settings
from core.types import (
    ArticleHeader,
    ArticleStatus,
    EmbeddedArticle,
    EmbeddedPassage,
    IndexStatus,
    PassageFilter,
    SparseVector,
    VectorQuery,
)
from tests.contracts.legs import Found, search_dense, search_lexical
from tests.contracts.qdrant_stub import running_stub
from tests.contracts.store_archive import (
    BARE,
    DIMENSION,
    FULL,
    LARGEST_TERM,
    brief,
    embedded,
    identity_of,
    quick_folder,
    random_unit,
    terms,
    unit,
)

pytestmark = pytest.mark.anyio

ANY = PassageFilter()
EMPTY = SparseVector(indices=(), values=())


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    with quick_folder(tmp_path) as folder:
        yield folder


@pytest.fixture(params=["memory", "qdrant", "qdrant over http", "edge"])
def store(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[OpenIndex]:
    opened: OpenIndex
    if request.param == "qdrant over http":
        with running_stub() as stub:
            settings = Settings(store="qdrant", qdrant_url=stub.url)
            opened = open_qdrant_store(settings, identity=identity_of(), create=True)
            yield opened
            opened.close()
        return
    match request.param:
        case "memory":
            opened = MemoryStore(identity_of())
        case "qdrant":
            client = QdrantClient(location=":memory:")
            opened = open_local_qdrant_store(client, identity=identity_of(), create=True)
        case _:
            opened = open_edge_store(
                data_dir, identity=identity_of(), command="pytest", create=True
            )
    yield opened
    opened.close()


def ids_of(found: list[Found]) -> list[str]:
    return [item.passage.article_id for item in found]


async def visible_ids(store: OpenIndex, where: PassageFilter) -> set[str]:
    """Articles that both legs find under `where`; the legs must agree."""
    dense = await search_dense(store, unit(1), where=where, k=100)
    lexical = await search_lexical(store, terms(1), where=where, k=100)
    assert set(ids_of(dense)) == set(ids_of(lexical))
    return set(ids_of(dense))


async def test_an_article_comes_back_with_every_field(store: OpenIndex) -> None:
    written = embedded(FULL, version=7)
    await store.replace_articles([written])
    assert await store.get_article(FULL.id) == written.stored


async def test_an_article_of_which_nothing_is_known_comes_back_unknown(store: OpenIndex) -> None:
    written = embedded(BARE)
    await store.replace_articles([written])
    assert await store.get_article("bare") == written.stored


async def test_times_come_back_in_utc_whatever_zone_they_were_given_in(store: OpenIndex) -> None:
    await store.replace_articles([embedded(FULL)])
    stored = await store.get_article(FULL.id)
    assert stored is not None
    assert stored.article.updated_at == datetime(2024, 6, 19, 16, 2, 3, tzinfo=UTC)


async def test_passages_come_back_whole_and_by_order(store: OpenIndex) -> None:
    written = embedded(FULL, spans=[(60, 100), (0, 60), (100, len(FULL.body))])
    await store.replace_articles([written])
    found = await store.get_passages(FULL.id)
    assert found == [item.passage for item in written.passages]
    assert [passage.text for passage in found] == [
        FULL.body[passage.start : passage.end] for passage in found
    ]


async def test_more_passages_than_one_page_come_back_in_order(store: OpenIndex) -> None:
    body = "فقرة. " * 300
    written = embedded(
        brief("long", body),
        spans=[(6 * i, 6 * i + 6) for i in range(300)],
        dense=[unit(1)] * 300,
        lexical=[terms(1)] * 300,
    )
    await store.replace_articles([written])
    assert [passage.order for passage in await store.get_passages("long")] == list(range(300))


async def test_a_hit_carries_its_passage_and_the_header_of_its_article(store: OpenIndex) -> None:
    written = embedded(FULL, spans=[(0, 30)], dense=[unit(1)], lexical=[terms(5)])
    await store.replace_articles([written])
    for found in (
        await search_dense(store, unit(1), where=ANY, k=5),
        await search_lexical(store, terms(5), where=ANY, k=5),
    ):
        assert [item.passage for item in found] == [written.passages[0].passage]
        assert found[0].header == ArticleHeader.of(FULL)


async def test_a_header_keeps_the_article_language_beside_the_passage_language(
    store: OpenIndex,
) -> None:
    await store.replace_articles([embedded(FULL, spans=[(60, 100)], languages=["en"])])
    [found] = await search_dense(store, unit(1), where=PassageFilter(languages=("en",)), k=5)
    assert (found.passage.language, found.header.language) == ("en", "ar")
    assert await search_dense(store, unit(1), where=PassageFilter(languages=("ar",)), k=5) == []


async def test_replacing_twice_changes_nothing(store: OpenIndex) -> None:
    written = [embedded(FULL), embedded(BARE)]
    await store.replace_articles(written)
    first = (await store.status(), await store.get_passages(FULL.id))
    await store.replace_articles(written)
    assert (await store.status(), await store.get_passages(FULL.id)) == first


async def test_an_update_leaves_no_passage_of_the_earlier_version(store: OpenIndex) -> None:
    await store.replace_articles([
        embedded(brief("a", "أول. ثان. ثالث."), spans=[(0, 5), (5, 10), (10, 15)]),
        embedded(brief("b")),
    ])
    shorter = embedded(brief("a", "أول مصحّح."), version=2)
    await store.replace_articles([shorter])
    assert await store.get_passages("a") == [shorter.passages[0].passage]
    found = await search_dense(store, unit(1), where=ANY, k=50)
    assert sorted(item.passage.text for item in found) == ["أول مصحّح.", "نص قصير."]
    assert await store.content_hashes(["a"]) == {"a": shorter.stored.content_hash}


async def test_a_changed_header_reaches_every_hit(store: OpenIndex) -> None:
    await store.replace_articles([embedded(brief("a"))])
    await store.replace_articles([embedded(brief("a", title="عنوان مصحّح"), version=2)])
    [found] = await search_dense(store, unit(1), where=ANY, k=5)
    assert found.header.title == "عنوان مصحّح"


async def test_a_deleted_article_is_gone_with_its_passages(store: OpenIndex) -> None:
    await store.replace_articles([embedded(brief("a")), embedded(brief("b"))])
    await store.delete_articles(["a", "never seen"])
    assert await store.get_article("a") is None
    assert await store.get_passages("a") == []
    assert await store.content_hashes(["a", "b"]) == {"b": embedded(brief("b")).stored.content_hash}
    assert await visible_ids(store, ANY) == {"b"}


async def test_nothing_to_write_or_delete_is_no_fault(store: OpenIndex) -> None:
    await store.replace_articles([])
    await store.delete_articles([])
    assert await store.status() == IndexStatus(articles=0, passages=0, languages={})


async def test_an_empty_index_finds_nothing_and_counts_nothing(store: OpenIndex) -> None:
    assert await visible_ids(store, ANY) == set()
    assert await store.get_article("a") is None
    assert await store.content_hashes(["a"]) == {}
    assert [article async for article in store.iterate_articles()] == []


@pytest.mark.parametrize("status", [ArticleStatus.WITHHELD, ArticleStatus.CANCELED])
async def test_a_withdrawn_article_is_kept_but_never_found(
    store: OpenIndex, status: ArticleStatus
) -> None:
    await store.replace_articles([embedded(brief("a")), embedded(brief("b"))])
    withdrawn = embedded(brief("a", status=status), version=2)
    await store.replace_articles([withdrawn])
    assert await store.get_article("a") == withdrawn.stored
    assert await store.get_passages("a") == []
    assert await visible_ids(store, ANY) == {"b"}


ARCHIVE = [
    embedded(article, dense=[unit(1, 0.1)], lexical=[terms(1)])
    for article in (
        brief("ar-1", source="وفا", section="سياسة", tags=("غزة", "هدنة")),
        brief("ar-2", source="WAM", section="رياضة", tags=("كرة",),
              published_at=datetime(2024, 1, 1, tzinfo=UTC)),
        brief("en-1", language="en", source="WAM", section="سياسة", tags=("هدنة",),
              published_at=datetime(2024, 6, 30, 23, 59, 59, 999999, tzinfo=UTC)),
        brief("zh-1", "签署条约", language="zh", source="新华社", section="politics",
              published_at=datetime(2025, 3, 1, 12, tzinfo=UTC)),
    )
]  # fmt: skip

JUNE_END = datetime(2024, 6, 30, 23, 59, 59, 999999, tzinfo=UTC)
RIYADH = timezone(timedelta(hours=3))


FILTERS = [
    (ANY, {"ar-1", "ar-2", "en-1", "zh-1"}),
    (PassageFilter(languages=("ar",)), {"ar-1", "ar-2"}),
    (PassageFilter(languages=("zh", "en")), {"zh-1", "en-1"}),
    (PassageFilter(languages=("AR",)), set()),
    (PassageFilter(sources=("WAM",)), {"ar-2", "en-1"}),
    (PassageFilter(sources=("新华社", "وفا")), {"zh-1", "ar-1"}),
    (PassageFilter(sections=("سياسة",)), {"ar-1", "en-1"}),
    (PassageFilter(tags=("هدنة",)), {"ar-1", "en-1"}),
    (PassageFilter(tags=("كرة", "غزة")), {"ar-1", "ar-2"}),
    (PassageFilter(article_ids=("zh-1", "ar-1", "unknown")), {"zh-1", "ar-1"}),
    (PassageFilter(published_from=JUNE_END), {"en-1", "zh-1"}),
    (PassageFilter(published_from=JUNE_END + timedelta(microseconds=1)), {"zh-1"}),
    (PassageFilter(published_to=JUNE_END), {"ar-2", "en-1"}),
    (PassageFilter(published_to=JUNE_END - timedelta(microseconds=1)), {"ar-2"}),
    (
        PassageFilter(
            published_from=datetime(2024, 1, 1, 3, tzinfo=RIYADH),
            published_to=datetime(2024, 1, 1, 3, tzinfo=RIYADH),
        ),
        {"ar-2"},
    ),
    (
        PassageFilter(
            published_from=datetime.min.replace(tzinfo=RIYADH),
            published_to=datetime.max.replace(tzinfo=timezone(-timedelta(hours=3))),
        ),
        {"ar-2", "en-1", "zh-1"},
    ),
    (PassageFilter(languages=("ar",), sources=("WAM",)), {"ar-2"}),
    (
        PassageFilter(
            languages=("ar", "en"),
            sections=("سياسة",),
            tags=("هدنة",),
            published_to=datetime(2024, 12, 31, tzinfo=UTC),
        ),
        {"en-1"},
    ),
    (PassageFilter(languages=("ar",), tags=("nothing",)), set()),
]


async def test_a_filter_finds_exactly_what_it_says(
    store: OpenIndex, subtests: pytest.Subtests
) -> None:
    await store.replace_articles(ARCHIVE)
    for where, expected in FILTERS:
        with subtests.test(where=where):
            assert await visible_ids(store, where) == expected


async def test_an_embargoed_article_is_hidden_until_its_time(store: OpenIndex) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    await store.replace_articles([
        embedded(brief("later", embargoed_until=noon)),
        embedded(brief("free")),
    ])
    before = PassageFilter(visible_at=noon - timedelta(microseconds=1))
    assert await visible_ids(store, before) == {"free"}
    assert await visible_ids(store, PassageFilter(visible_at=noon)) == {"free", "later"}
    assert await visible_ids(store, ANY) == {"free", "later"}
    only_later = replace(before, article_ids=("later",))
    assert await visible_ids(store, only_later) == set()


def test_a_reversed_or_zoneless_range_cannot_be_asked() -> None:
    with pytest.raises(InvalidFilter, match="swap"):
        PassageFilter(
            published_from=datetime(2024, 1, 2, tzinfo=UTC),
            published_to=datetime(2024, 1, 1, tzinfo=UTC),
        )
    with pytest.raises(InvalidFilter, match="zone"):
        PassageFilter(visible_at=datetime(2024, 1, 1))  # noqa: DTZ001 - that is the point


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


async def test_languages_can_be_left_out(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    everything = await visible_ids(store, ANY)
    arabic = await visible_ids(store, PassageFilter(languages=("ar",)))
    assert arabic
    assert everything > arabic
    assert await visible_ids(store, PassageFilter(except_languages=("ar",))) == everything - arabic
    assert await visible_ids(store, PassageFilter(except_languages=("xx",))) == everything


async def test_passages_that_are_not_there_are_not_read(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    [match] = (await store.search([VectorQuery(vector=unit(1), where=ANY, k=1)]))[0]
    unknown = "00000000-0000-4000-8000-000000000000"
    assert list(await store.read_passages([unknown, match.passage_id])) == [match.passage_id]
    assert await store.read_passages([]) == {}


async def test_k_below_one_is_refused(store: OpenIndex) -> None:
    with pytest.raises(StoreRejected, match="k 0"):
        await search_dense(store, unit(1), where=ANY, k=0)
    with pytest.raises(StoreRejected, match="k -1"):
        await search_lexical(store, terms(1), where=ANY, k=-1)


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


BAD_VECTORS = [
    (np.ones(DIMENSION - 1, dtype=np.float32) / math.sqrt(DIMENSION - 1), "shape"),
    (np.ones((1, DIMENSION), dtype=np.float32) / math.sqrt(DIMENSION), "shape"),
    (np.full(DIMENSION, np.nan, dtype=np.float32), "finite"),
    (np.full(DIMENSION, np.inf, dtype=np.float32), "finite"),
    (np.zeros(DIMENSION, dtype=np.float32), "length 0"),
    (np.ones(DIMENSION, dtype=np.float32), "length 2.8"),
]


async def test_a_bad_dense_vector_is_refused_in_writing_and_in_searching(
    store: OpenIndex, subtests: pytest.Subtests
) -> None:
    for vector, reason in BAD_VECTORS:
        with subtests.test(vector=vector):
            with pytest.raises(StoreRejected, match=reason):
                await store.replace_articles([
                    embedded(brief("good")),
                    embedded(brief("bad"), dense=[vector]),
                ])
            assert (await store.status()).articles == 0
            with pytest.raises(StoreRejected, match=reason):
                await search_dense(store, vector, where=ANY, k=5)


BAD_TERMS = [
    (SparseVector(indices=(2, 1), values=(1.0, 1.0)), "ascend"),
    (SparseVector(indices=(1, 1), values=(1.0, 1.0)), "unique"),
    (SparseVector(indices=(-1,), values=(1.0,)), "0.."),
    (SparseVector(indices=(LARGEST_TERM + 1,), values=(1.0,)), "0.."),
    (SparseVector(indices=(1,), values=(math.nan,)), "positive"),
    (SparseVector(indices=(1,), values=(math.inf,)), "positive"),
    (SparseVector(indices=(1,), values=(0.0,)), "positive"),
    (SparseVector(indices=(1,), values=(-1.0,)), "positive"),
    (SparseVector(indices=(1, 2), values=(1.0,)), "weights"),
]


async def test_bad_terms_are_refused_in_writing_and_in_searching(
    store: OpenIndex, subtests: pytest.Subtests
) -> None:
    for vector, reason in BAD_TERMS:
        with subtests.test(vector=vector):
            with pytest.raises(StoreRejected, match=reason):
                await store.replace_articles([embedded(brief("bad"), lexical=[vector])])
            assert (await store.status()).articles == 0
            with pytest.raises(StoreRejected, match=reason):
                await search_lexical(store, vector, where=ANY, k=5)


def altered(**changes: object) -> EmbeddedArticle:
    """A good article whose only passage is changed."""
    good = embedded(brief("a"))
    [item] = good.passages
    passage = replace(item.passage, **changes)  # type: ignore[arg-type]  # test shorthand
    bad = EmbeddedPassage(passage=passage, dense=item.dense, lexical=item.lexical)
    return replace(good, passages=(bad,))


def retitled(title: str) -> EmbeddedArticle:
    """A good article whose title is changed."""
    good = embedded(brief("a"))
    article = replace(good.stored.article, title=title)
    return replace(good, stored=replace(good.stored, article=article))


GOOD = embedded(brief("a"))
BAD_BATCHES = [
    ([altered(article_id="other")], "belongs to"),
    ([altered(id="not a uuid")], "UUID"),
    ([altered(id=GOOD.passages[0].passage.id.upper())], "UUID"),
    ([altered(text="مختلق")], "body"),
    ([replace(GOOD, passages=())], "says 1 passages"),
    ([replace(GOOD, stored=replace(GOOD.stored, content_hash=""))], "hash"),
    ([replace(GOOD, stored=replace(GOOD.stored, passage_count=2), passages=GOOD.passages * 2)],
     "one id"),
    ([GOOD, GOOD], "more than once"),
    ([embedded(brief("a", status=ArticleStatus.WITHHELD), spans=[(0, 2)])], "withheld"),
    ([retitled("\ud800")], "surrogate"),
]  # fmt: skip


async def test_a_batch_that_contradicts_itself_is_refused_whole(
    store: OpenIndex, subtests: pytest.Subtests
) -> None:
    for batch, reason in BAD_BATCHES:
        with subtests.test(reason=reason):
            with pytest.raises(StoreRejected, match=reason):
                await store.replace_articles([embedded(brief("innocent")), *batch])
            assert await store.status() == IndexStatus(articles=0, passages=0, languages={})


async def test_hashes_are_given_for_known_articles_only(store: OpenIndex) -> None:
    written = [embedded(brief(f"a{number}")) for number in range(600)]
    await store.replace_articles(written)
    expected = {item.stored.article.id: item.stored.content_hash for item in written}
    assert await store.content_hashes([*expected, "unknown", ""]) == expected
    assert await store.content_hashes([]) == {}


async def test_every_article_is_iterated_exactly_once(store: OpenIndex) -> None:
    written = [embedded(brief(f"a{number}")) for number in range(300)]
    await store.replace_articles(written)
    found = [article async for article in store.iterate_articles()]
    assert len(found) == 300
    by_id = {article.article.id: article for article in found}
    assert by_id == {item.stored.article.id: item.stored for item in written}


async def test_iterating_while_the_archive_changes_gives_each_remaining_article_once(
    store: OpenIndex,
) -> None:
    await store.replace_articles([embedded(brief(f"a{number}")) for number in range(200)])
    seen: list[str] = []
    async for stored in store.iterate_articles():
        if not seen:
            await store.delete_articles([f"a{number}" for number in range(0, 200, 4)])
            await store.replace_articles([embedded(brief("a1", "معدّل."), version=2)])
            await store.replace_articles([embedded(brief(f"n{number}")) for number in range(50)])
        seen.append(stored.article.id)
    assert len(seen) == len(set(seen))
    assert {f"a{number}" for number in range(200) if number % 4} <= set(seen)


async def test_the_status_counts_articles_passages_and_languages(store: OpenIndex) -> None:
    await store.replace_articles([
        embedded(FULL, spans=[(0, 60), (60, 100)], languages=["ar", "en"]),
        embedded(brief("a")),
        embedded(brief("w", status=ArticleStatus.WITHHELD)),
    ])
    assert await store.status() == IndexStatus(articles=3, passages=3, languages={"ar": 2, "en": 1})


ODD_IDS = (
    *("a/b/../c", "مقال ١", "🕊️", "A B", "x" * 2000, "*"),
    "6F0C1C5E-6F4E-5D0A-9B1E-3D2F5A7C9E10",
)


async def test_an_article_id_may_be_anything(store: OpenIndex, subtests: pytest.Subtests) -> None:
    await store.replace_articles([embedded(brief("other"))])
    for article_id in ODD_IDS:
        with subtests.test(article_id=article_id[:40]):
            await store.replace_articles([embedded(brief(article_id))])
            where = PassageFilter(article_ids=(article_id,))
            assert ids_of(await search_dense(store, unit(1), where=where, k=5)) == [article_id]
            found = await store.get_passages(article_id)
            assert [passage.article_id for passage in found] == [article_id]
            await store.delete_articles([article_id])
            assert await store.get_passages(article_id) == []
    assert await visible_ids(store, ANY) == {"other"}


async def test_a_lone_surrogate_is_refused_wherever_it_is_asked_for(
    store: OpenIndex, subtests: pytest.Subtests
) -> None:
    bad = "\ud800"
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: search_dense(store, unit(1), where=PassageFilter(tags=(bad,)), k=1),
        lambda: search_lexical(store, terms(1), where=PassageFilter(sources=(bad,)), k=1),
        lambda: store.get_article(bad),
        lambda: store.get_passages(bad),
        lambda: store.content_hashes(["a", bad]),
        lambda: store.delete_articles(["a", bad]),
    ]
    for number, call in enumerate(calls):
        with subtests.test(number=number), pytest.raises(StoreRejected, match="surrogate"):
            await call()


async def test_ids_that_differ_in_case_only_are_two_articles(store: OpenIndex) -> None:
    lower = "6f0c1c5e-6f4e-5d0a-9b1e-3d2f5a7c9e10"
    await store.replace_articles([embedded(brief(lower)), embedded(brief(lower.upper()))])
    where = PassageFilter(article_ids=(lower,))
    assert ids_of(await search_dense(store, unit(1), where=where, k=5)) == [lower]
    await store.delete_articles([lower])
    assert await visible_ids(store, ANY) == {lower.upper()}


async def test_searches_and_writes_at_the_same_time_do_not_disturb_each_other(
    store: OpenIndex,
) -> None:
    await store.replace_articles([
        embedded(brief(f"a{number}"), dense=[random_unit(number)]) for number in range(50)
    ])
    where = PassageFilter(article_ids=tuple(f"a{number}" for number in range(50)))

    async def nearest(seed: int) -> list[str]:
        return ids_of(await search_dense(store, random_unit(seed), where=where, k=5))

    expected = [await nearest(seed) for seed in range(20)]

    async def search(seed: int) -> None:
        assert await nearest(seed) == expected[seed]

    async def write(number: int) -> None:
        await store.replace_articles([embedded(brief(f"new{number}"))])

    async with anyio.create_task_group() as tasks:
        for number in range(20):
            tasks.start_soon(search, number)
            tasks.start_soon(write, number)
    assert (await store.status()).articles == 70


async def test_a_new_generation_takes_the_place_of_the_index_at_once(store: OpenIndex) -> None:
    await store.replace_articles([embedded(brief("old"))])
    rebuilt = identity_of(model="another", dimension=4)
    begun = await store.begin_generation(rebuilt)
    assert begun.identity == rebuilt
    quarter = np.full(4, 0.5, dtype=np.float32)
    await begun.replace_articles([embedded(brief("new"), dense=[quarter])])
    assert await visible_ids(store, ANY) == {"old"}
    await begun.promote()
    begun.close()
    assert store.identity == rebuilt
    assert ids_of(await search_dense(store, quarter, where=ANY, k=5)) == ["new"]
    assert [item.article.id async for item in store.iterate_articles()] == ["new"]
    with pytest.raises(StoreRejected, match="shape"):
        await search_dense(store, unit(1), where=ANY, k=5)


async def test_a_generation_that_is_closed_unpromoted_leaves_the_index_alone(
    store: OpenIndex,
) -> None:
    await store.replace_articles([embedded(brief("old"))])
    begun = await store.begin_generation(identity_of(model="another"))
    await begun.replace_articles([embedded(brief("new"))])
    begun.close()
    assert store.identity == identity_of()
    assert await visible_ids(store, ANY) == {"old"}
    with pytest.raises(StoreUnavailable, match="begun"):
        await begun.promote()


async def test_saying_where_it_is_served_is_no_fault(store: OpenIndex) -> None:
    begun = await store.begin_generation(identity_of())
    for opened in (store, begun):
        opened.set_url("http://127.0.0.1:8000")
        assert (opened.size_on_disk() or 0) >= 0
    begun.close()


async def test_the_index_itself_cannot_be_promoted(store: OpenIndex) -> None:
    with pytest.raises(StoreUnavailable, match="begun"):
        await store.promote()


async def test_a_closed_store_is_a_fault_and_never_an_empty_answer(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    store.close()
    store.close()
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: search_dense(store, unit(1), where=ANY, k=5),
        lambda: search_lexical(store, terms(1), where=ANY, k=5),
        lambda: store.get_article("ar-1"),
        lambda: store.get_passages("ar-1"),
        lambda: store.content_hashes(["ar-1"]),
        lambda: store.status(),
        lambda: store.replace_articles(ARCHIVE),
        lambda: store.delete_articles(["ar-1"]),
    ]
    for call in calls:
        with pytest.raises(StoreUnavailable, match="closed"):
            await call()
    with pytest.raises(StoreUnavailable, match="closed"):
        _ = [article async for article in store.iterate_articles()]
