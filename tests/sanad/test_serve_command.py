"""`sanad serve`, and what the other commands do while it owns the index."""

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sanad.command import LIMIT_S, ROOT, SAMPLE, command_line, environment, run_sanad
from tests.sanad.conftest import CopyIndex, Indexed

QUESTION = "What does the 2024 partnership stipulate?"
STOP_LIMIT_S = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server over a copy of the sample index."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    data_dir: Path


@pytest.fixture(scope="module")
def served(
    sample_index: Indexed, copy_index: CopyIndex, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    data_dir = copy_index(sample_index)
    port = _free_port()
    log = tmp_path_factory.mktemp("serve") / "stderr"
    with (
        log.open("wb") as stderr,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client,
        subprocess.Popen(
            command_line("serve"),
            cwd=ROOT,
            env=environment(data_dir, SANAD_PORT=str(port)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        ) as process,
    ):
        try:
            if not _becomes_ready(process, client):
                pytest.fail(f"the server did not start: {log.read_text(encoding='utf-8')}")
            yield Served(process=process, client=client, data_dir=data_dir)
        finally:
            process.kill()


def test_every_quote_stands_in_its_article(served: Served) -> None:
    answer = _answer(served)
    assert answer["status"] == "answered"
    assert answer["citations"]
    for citation in answer["citations"]:
        article = served.client.get(f"/v1/articles/{citation['article_id']}").json()
        assert citation["quote"] == article["body"][citation["start"] : citation["end"]]


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


def _becomes_ready(process: subprocess.Popen[bytes], client: httpx.Client) -> bool:
    deadline = time.monotonic() + LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if client.get("/ready").status_code == 200:
                return True
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
