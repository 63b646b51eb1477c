"""Batches bound memory and never hold an id twice."""

from collections.abc import Iterator

from core.types import Article
from indexing.batches import MAX_ARTICLES, MAX_CHARS, BatchReader
from indexing.sources import Position, Rejection, SourceArticle, SourceItem


def item(article_id: str, *, chars: int = 5) -> SourceArticle:
    return SourceArticle(
        article=Article(id=article_id, title="ت", body="م" * chars, language="ar"),
        source=f"a:{article_id}",
        position=Position(file="a", bytes_read=int(article_id), bytes_total=None),
    )


def batches(items: list[SourceItem]) -> Iterator[list[SourceItem]]:
    reader = BatchReader(items)
    while (batch := reader.next()) is not None:
        yield list(batch.items)


def test_items_come_in_order_and_none_is_lost() -> None:
    items: list[SourceItem] = [item(str(number)) for number in range(3 * MAX_ARTICLES + 1)]
    items.insert(70, Rejection(source="a", reason="x"))

    found = list(batches(items))

    assert [each for batch in found for each in batch] == items
    assert [len(batch) for batch in found] == [MAX_ARTICLES] * 3 + [2]


def test_a_batch_ends_before_an_id_that_it_holds() -> None:
    assert [len(batch) for batch in batches([item("1"), item("2"), item("1"), item("2")])] == [2, 2]


def test_a_batch_ends_before_it_grows_too_large_but_takes_one_article_of_any_size() -> None:
    half = MAX_CHARS // 2 + 1
    items: list[SourceItem] = [item("1", chars=half), item("2", chars=half), item("3"), item("4")]
    items.append(item("5", chars=2 * MAX_CHARS))

    assert [len(batch) for batch in batches(items)] == [1, 3, 1]


def test_the_position_is_of_the_last_article() -> None:
    batch = BatchReader([item("1"), item("7"), Rejection(source="a", reason="x")]).next()

    assert batch is not None
    assert batch.position is not None
    assert batch.position.bytes_read == 7


def test_no_items_give_no_batch() -> None:
    assert BatchReader([]).next() is None
