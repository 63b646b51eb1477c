"""`sanad serve`, and what the other commands do while it owns the index."""

import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.event_streams import events_of
from tests.sanad.command import SAMPLE, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import Served, serving

QUESTION = "What does the 2024 partnership stipulate?"
STOP_LIMIT_S = 15


@pytest.fixture(scope="module")
def served(sample_index: Indexed, copy_index: CopyIndex) -> Iterator[Served]:
    with serving(copy_index(sample_index)) as served:
        yield served


def test_every_quote_stands_in_its_article(served: Served) -> None:
    answer = _answer(served)
    assert answer["status"] in {"answered", "partial"}
    assert answer["citations"]
    for citation in answer["citations"]:
        article = served.client.get(f"/v1/articles/{citation['article_id']}").json()
        assert citation["quote"] == article["body"][citation["start"] : citation["end"]]


def test_an_answer_is_streamed_as_it_is_given_whole(served: Served) -> None:
    streamed = served.client.post("/v1/answers", json={"question": QUESTION, "stream": True})
    events = events_of(streamed.text)
    assert [event.name for event in events][:3] == ["passages", "citation", "delta"]
    whole = _answer(served)
    for name in ("status", "text", "sentences", "citations", "notices", "confidence"):
        assert events[-1].data[name] == whole[name]
    deltas = [event.data["text"] for event in events if event.name == "delta"]
    assert "".join(deltas) == whole["text"]


def test_ask_goes_through_the_server_that_owns_the_index(served: Served) -> None:
    asked = run_sanad("ask", QUESTION, "--json", data_dir=served.data_dir)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["citations"] == _answer(served)["citations"]


def test_index_is_refused_and_names_the_process_that_owns_the_index(served: Served) -> None:
    refused = run_sanad("index", str(SAMPLE), "--json", data_dir=served.data_dir)
    assert refused.returncode == 3
    assert refused.stdout == ""
    assert "`sanad serve`" in refused.stderr
    assert str(served.process.pid) in refused.stderr


def test_an_article_is_found_once_it_is_put_and_gone_once_it_is_deleted(served: Served) -> None:
    path, query = "/v1/articles/zephyr-1", "منطاد زفيرا Zephyra فوق الواحة"
    article = {"title": "منطاد زفيرا", "body": "حلّق المنطاد Zephyra 🎈 فوق الواحة صباح الثلاثاء."}
    assert "zephyr-1" not in _found(served, query)

    assert served.client.put(path, json=article).status_code == 201
    assert _found(served, query)[0] == "zephyr-1"

    assert served.client.delete(path).status_code == 204
    assert "zephyr-1" not in _found(served, query)
    assert served.client.get(path).status_code == 404


# The last one: the tests above need the server that this one ends.
def test_sigterm_ends_the_server_with_status_0(served: Served) -> None:
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(timeout=STOP_LIMIT_S) == 0


def _answer(served: Served) -> dict[str, Any]:
    response = served.client.post("/v1/answers", json={"question": QUESTION})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def _found(served: Served, query: str) -> list[str]:
    response = served.client.post("/v1/search", json={"query": query, "limit": 100})
    assert response.status_code == 200, response.text
    return [hit["article"]["id"] for hit in response.json()["results"]]
