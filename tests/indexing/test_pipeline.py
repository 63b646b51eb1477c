"""One article at a time: what putting, changing and deleting leaves in the index."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.errors import ArticleRejected
from core.ids import content_hash, passage_id
from core.ports import ArticleWriter, Verdict
from core.types import ArticleStatus, Correction, StoredArticle
from tests.indexing.desk import (
    Desk,
    article,
)

pytestmark = pytest.mark.anyio


async def test_it_is_the_article_writer_of_the_ports(desk: Desk) -> None:
    writer: ArticleWriter = desk.pipeline

    assert await writer.put(article(1)) is Verdict.INDEXED


async def test_an_article_is_stored_with_passages_vectors_and_terms(desk: Desk) -> None:
    given = article(1)

    await desk.pipeline.put(given)

    stored = await desk.store.get_article(given.id)
    passages = await desk.store.get_passages(given.id)
    assert stored == StoredArticle(
        article=given,
        content_hash=content_hash(given),
        version=1,
        passage_count=len(passages),
    )
    assert len(passages) > 1
    assert [p.id for p in passages] == [
        passage_id(given.id, order, content_hash(given)) for order in range(len(passages))
    ]
    assert all(given.body[p.start : p.end] == p.text for p in passages)


async def test_putting_again_changes_nothing_and_costs_no_embedding(desk: Desk) -> None:
    await desk.pipeline.put(article(1))
    before = await desk.contents()

    assert await desk.pipeline.put(article(1)) is Verdict.UNCHANGED

    assert await desk.contents() == before
    assert len(desk.embedder.calls) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"title": "عنوان آخر"},
        {"body": "نص آخر تماماً."},
        {"tags": ("سياسة",)},
        {"corrections": (Correction(at=datetime(2024, 1, 1, tzinfo=UTC), text="صُحّح."),)},
    ],
)
async def test_a_change_of_any_field_replaces_the_article_whole(
    desk: Desk, change: dict[str, object]
) -> None:
    await desk.pipeline.put(article(1))
    changed = replace(article(1), **change)  # type: ignore[arg-type]  # fields of Article

    assert await desk.pipeline.put(changed) is Verdict.UPDATED

    stored = await desk.store.get_article(changed.id)
    assert stored is not None
    assert (stored.article, stored.version) == (changed, 2)
    texts = [p.text for p in await desk.store.get_passages(changed.id)]
    assert all(text in changed.body for text in texts)


async def test_other_line_ends_and_a_bom_are_no_change(desk: Desk) -> None:
    given = replace(article(1), body="سطر أول.\nسطر ثان.")
    await desk.pipeline.put(given)

    same = replace(given, body="\ufeffسطر أول.\r\nسطر ثان.", title=" عنوان \n1")

    assert await desk.pipeline.put(same) is Verdict.UNCHANGED


@pytest.mark.parametrize("status", [ArticleStatus.WITHHELD, ArticleStatus.CANCELED])
async def test_a_withdrawn_article_loses_its_passages_and_keeps_its_record(
    desk: Desk, status: ArticleStatus
) -> None:
    await desk.pipeline.put(article(1))

    assert await desk.pipeline.put(replace(article(1), status=status)) is Verdict.UPDATED

    stored = await desk.store.get_article("خبر/1")
    assert stored is not None
    assert (stored.article.status, stored.version, stored.passage_count) == (status, 2, 0)
    assert await desk.store.get_passages("خبر/1") == []
    assert await desk.pipeline.put(article(1)) is Verdict.UPDATED
    assert await desk.store.get_passages("خبر/1") != []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"body": "Share\n\nشاركها."}, "nothing but boilerplate"),
        ({"body": " \u200f\n"}, "body has no visible text"),
        ({"body": "a\x00b"}, "body holds NUL"),
        ({"body": "a\ud800"}, "body holds the lone surrogate"),
        ({"title": "\udfff"}, "title holds the lone surrogate"),
        ({"tags": ("\udfff",)}, "tags holds the lone surrogate"),
        ({"source": "\x00"}, "source holds NUL"),
        ({"id": "a\nb"}, "id 'a\\\\nb' holds a control character"),
        ({"id": ""}, "id has 0 characters"),
    ],
)
async def test_what_cannot_be_indexed_is_refused_and_leaves_nothing(
    desk: Desk, change: dict[str, object], reason: str
) -> None:
    bad = replace(article(1), **change)  # type: ignore[arg-type]  # fields of Article

    with pytest.raises(ArticleRejected, match=reason):
        await desk.pipeline.put(bad)

    assert await desk.contents() == {}


async def test_a_missing_title_is_taken_from_the_body(desk: Desk) -> None:
    await desk.pipeline.put(replace(article(1), title=" ", body="قال الوزير نعم. ثم مضى."))

    stored = await desk.store.get_article("خبر/1")
    assert stored is not None
    assert stored.article.title == "قال الوزير نعم."


async def test_deleting_removes_an_article_once(desk: Desk) -> None:
    await desk.pipeline.put(article(1))

    assert await desk.pipeline.delete("خبر/1") is True
    assert await desk.pipeline.delete("خبر/1") is False
    assert await desk.contents() == {}


async def test_rewriting_keeps_versions_and_names_what_it_cannot_write(desk: Desk) -> None:
    stored = [
        StoredArticle(article=article(n), content_hash="old", version=n + 1, passage_count=9)
        for n in range(3)
    ]
    refused = replace(stored[1], article=replace(article(1), body="Share"))

    assert await desk.pipeline.rewrite([]) == []

    rejected = await desk.pipeline.rewrite([stored[0], refused, stored[2]])

    assert [each.source for each in rejected] == ["خبر/1"]
    contents = await desk.contents()
    assert {key: version for key, (_, version, _) in contents.items()} == {"خبر/0": 1, "خبر/2": 3}
    assert await desk.pipeline.put(article(2)) is Verdict.UNCHANGED
