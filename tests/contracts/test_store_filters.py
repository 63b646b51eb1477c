"""What every store finds under a filter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.backends.storage import OpenIndex
from core.errors import InvalidFilter
from core.types import (
    PassageFilter,
)
from tests.contracts.legs import (
    ANY,
    visible_ids,
)
from tests.contracts.store_archive import (
    ARCHIVE,
    brief,
    embedded,
)

pytestmark = pytest.mark.anyio


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
    (PassageFilter(except_articles=("zh-1", "unknown")), {"ar-1", "ar-2", "en-1"}),
    (PassageFilter(except_articles=("ar-1", "en-1"), tags=("هدنة", "كرة")), {"ar-2"}),
    (PassageFilter(article_ids=("ar-1", "zh-1"), except_articles=("zh-1",)), {"ar-1"}),
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


async def test_languages_can_be_left_out(store: OpenIndex) -> None:
    await store.replace_articles(ARCHIVE)
    everything = await visible_ids(store, ANY)
    arabic = await visible_ids(store, PassageFilter(languages=("ar",)))
    assert arabic
    assert everything > arabic
    assert await visible_ids(store, PassageFilter(except_languages=("ar",))) == everything - arabic
    assert await visible_ids(store, PassageFilter(except_languages=("xx",))) == everything


def test_a_reversed_or_zoneless_range_cannot_be_asked() -> None:
    with pytest.raises(InvalidFilter, match="swap"):
        PassageFilter(
            published_from=datetime(2024, 1, 2, tzinfo=UTC),
            published_to=datetime(2024, 1, 1, tzinfo=UTC),
        )
    with pytest.raises(InvalidFilter, match="zone"):
        PassageFilter(visible_at=datetime(2024, 1, 1))  # noqa: DTZ001 - that is the point
