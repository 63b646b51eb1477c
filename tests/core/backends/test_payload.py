"""What a store keeps is read back strictly, and written without what is unknown."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.backends import payload
from core.errors import StoreRejected
from tests.contracts.store_archive import BARE, FULL, brief, embedded

ARTICLE = embedded(FULL, spans=[(0, 10)])
EMBEDDED = ARTICLE.passages[0]
PASSAGE = EMBEDDED.passage


def test_the_unknown_is_left_out() -> None:
    kept = payload.article_payload(embedded(BARE).stored)
    assert set(kept) == {
        "kind", "article_id", "title", "body", "language", "status",
        "content_hash", "version", "passage_count",
    }  # fmt: skip


def test_times_are_kept_in_utc() -> None:
    kept = payload.article_payload(ARTICLE.stored)
    assert kept["published_at"] == "2024-06-19T12:30:15.123456Z"
    assert kept["updated_at"] == "2024-06-19T16:02:03Z"


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (datetime(2024, 1, 1), "no zone"),  # noqa: DTZ001 - that is the point
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=3))), "years 1 to 9999"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=3))), "years 1 to 9999"),
    ],
)
def test_a_time_that_cannot_be_kept_is_refused(moment: datetime, reason: str) -> None:
    with pytest.raises(StoreRejected, match=reason):
        payload.article_payload(embedded(brief("a", published_at=moment)).stored)


@pytest.mark.parametrize(
    "moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_the_first_and_the_last_moment_survive(moment: datetime) -> None:
    stored = embedded(brief("a", published_at=moment)).stored
    assert payload.stored_article_of("id", payload.article_payload(stored)) == stored


@pytest.mark.parametrize(
    "damage",
    [
        {"order": None},
        {"order": "1"},
        {"text": 3},
        {"title": None},
        {"tags": "روسيا"},
        {"tags": [1]},
        {"published_at": "yesterday"},
        {"corrections": ["text"]},
        {"corrections": [{"at": "2024-06-21T00:00:00Z"}]},
    ],
)
def test_a_damaged_passage_is_refused_by_name(damage: payload.Payload) -> None:
    kept = payload.passage_payload(EMBEDDED, FULL) | damage
    with pytest.raises(StoreRejected, match=r"point p-1 .* cannot read .* reindex"):
        payload.found_passage_of("p-1", kept)


@pytest.mark.parametrize(
    "damage", [{"status": "lost"}, {"version": None}, {"body": None}, {"content_hash": 1}]
)
def test_a_damaged_article_is_refused_by_name(damage: payload.Payload) -> None:
    kept = payload.article_payload(ARTICLE.stored) | damage
    with pytest.raises(StoreRejected, match="point p-1"):
        payload.stored_article_of("p-1", kept)


def test_a_passage_is_no_article_and_an_article_no_passage() -> None:
    with pytest.raises(StoreRejected, match="'body'"):
        payload.stored_article_of("p-1", payload.passage_payload(EMBEDDED, FULL))
    with pytest.raises(StoreRejected, match="'order'"):
        payload.passage_of("p-1", payload.article_payload(ARTICLE.stored))


def test_an_article_in_the_middle_of_a_replacement_has_no_hash() -> None:
    kept = payload.article_payload(ARTICLE.stored)
    assert payload.complete_hash_of("p-1", kept) == (FULL.id, ARTICLE.stored.content_hash)
    assert payload.complete_hash_of("p-1", kept | {payload.PENDING: True}) is None
