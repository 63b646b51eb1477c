"""Articles are cut into batches in order, each small, and none is lost or doubled."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.types import Article
from sanad.client import ServerBusy, ServerUnreachable
from sanad.client.batches import MAX_BYTES, MAX_LINES, batches
from tests.api.news import ARABIC, ARTICLES
from tests.sanad.client.calls import KINDS, Kind, call
from tests.sanad.desk import Reply, desk


@given(st.lists(st.sampled_from(ARTICLES), max_size=3 * MAX_LINES))
def test_batches_are_the_articles_in_order(articles: list[Article]) -> None:
    found = list(batches(articles))
    lines = [line for batch in found for line in batch.content.splitlines()]
    assert [json.loads(line)["id"] for line in lines] == [article.id for article in articles]
    assert all(batch.content.count(b"\n") <= MAX_LINES for batch in found)
    counted = 0
    for batch in found:
        assert batch.first == counted
        counted += batch.content.count(b"\n")


def test_large_articles_go_alone() -> None:
    large = replace(ARABIC, body="س" * MAX_BYTES)
    sizes = [batch.content.count(b"\n") for batch in batches([ARABIC, large, ARABIC, ARABIC])]
    assert sizes == [1, 1, 2]


VERDICT = {"line": 1, "id": "a", "verdict": "indexed"}
TALLY = {"indexed": 1, "updated": 0, "unchanged": 0, "rejected": 0, "complete": False}
BUSY = {
    "type": "urn:sanad:problem:store-unavailable",
    "title": "busy",
    "status": 503,
    "detail": "the index does not answer",
    "request_id": "r1",
}


def told(*lines: object) -> Reply:
    return 200, "\n".join(map(json.dumps, lines)).encode() + b"\n", {}


@pytest.mark.parametrize("kind", KINDS)
def test_a_batch_that_ended_too_early_is_a_fault_after_its_verdicts(kind: Kind) -> None:
    reply = told(VERDICT, {"summary": TALLY | {"problem": BUSY}})
    with desk(reply) as here, pytest.raises(ServerBusy, match="does not answer") as caught:
        call(kind, here.url, "put_articles", [ARABIC])
    assert caught.value.problem.request_id == "r1"
    for reply in (told(VERDICT, {"summary": TALLY}), told()):
        with desk(reply) as here, pytest.raises(ServerUnreachable, match="batch"):
            call(kind, here.url, "put_articles", [ARABIC])
