"""What every store keeps of articles and passages, and gives back."""

from datetime import UTC, datetime

import pytest

from core.backends.storage import OpenIndex
from core.types import (
    ArticleHeader,
    ArticleStatus,
    IndexStatus,
    PassageFilter,
    VectorQuery,
)
from tests.contracts.legs import ANY, ids_of, search_dense, search_lexical, visible_ids
from tests.contracts.store_archive import (
    ARCHIVE,
    BARE,
    FULL,
    brief,
    embedded,
    terms,
    unit,
)

pytestmark = pytest.mark.anyio


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


async def test_passages_that_are_not_there_are_not_read(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    [match] = (await store.search([VectorQuery(vector=unit(1), where=ANY, k=1)]))[0]
    unknown = "00000000-0000-4000-8000-000000000000"
    assert list(await store.read_passages([unknown, match.passage_id])) == [match.passage_id]
    assert await store.read_passages([]) == {}


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


async def test_articles_come_in_an_order_that_neither_writes_nor_deletions_change(
    store: OpenIndex,
) -> None:
    await store.replace_articles([embedded(brief(f"خبر {number}")) for number in range(100)])
    first = [stored.article.id async for stored in store.iterate_articles()]
    await store.replace_articles([embedded(brief("خبر 7", "معدّل."), version=2)])
    await store.replace_articles([embedded(brief("أحدث"))])
    again = [stored.article.id async for stored in store.iterate_articles()]
    assert [article_id for article_id in again if article_id != "أحدث"] == first


@pytest.mark.parametrize("is_gone", [False, True])
async def test_iterating_goes_on_behind_an_article_even_if_it_is_gone(
    store: OpenIndex, *, is_gone: bool
) -> None:
    await store.replace_articles([embedded(brief(f"a{number}")) for number in range(80)])
    every = [stored.article.id async for stored in store.iterate_articles()]
    for place in (0, 31, 32, 79):
        if is_gone:
            await store.delete_articles([every[place]])
        rest = [stored.article.id async for stored in store.iterate_articles(after=every[place])]
        assert rest == every[place + 1 :]


async def test_only_articles_that_pass_a_filter_are_iterated(store: OpenIndex) -> None:
    await store.replace_articles([
        embedded(FULL, spans=[(0, 60)], languages=["en"]),
        embedded(brief("a")),
        embedded(brief("w", status=ArticleStatus.WITHHELD)),
    ])

    async def ids(where: PassageFilter) -> set[str]:
        return {stored.article.id async for stored in store.iterate_articles(where=where)}

    assert await ids(PassageFilter()) == {FULL.id, "a", "w"}
    assert await ids(PassageFilter(languages=("en",))) == set()
    assert await ids(PassageFilter(languages=(FULL.language,))) == {FULL.id, "a", "w"}
    assert await ids(PassageFilter(sources=(str(FULL.source),))) == {FULL.id}
    assert await ids(PassageFilter(published_from=FULL.published_at)) == {FULL.id}
    assert await ids(PassageFilter(article_ids=("a", "unknown"))) == {"a"}
    assert await ids(PassageFilter(except_articles=("a",))) == {FULL.id, "w"}


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


async def test_ids_that_differ_in_case_only_are_two_articles(store: OpenIndex) -> None:
    lower = "6f0c1c5e-6f4e-5d0a-9b1e-3d2f5a7c9e10"
    await store.replace_articles([embedded(brief(lower)), embedded(brief(lower.upper()))])
    where = PassageFilter(article_ids=(lower,))
    assert ids_of(await search_dense(store, unit(1), where=where, k=5)) == [lower]
    await store.delete_articles([lower])
    assert await visible_ids(store, ANY) == {lower.upper()}
