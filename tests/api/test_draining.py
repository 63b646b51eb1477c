"""A server that is told to stop says so, begins nothing long, and finishes what it has begun."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.api.event_streams import Event, read_events

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20

PROGRAM = """
import sys
import anyio
import api.server
from api.app import create_app
from api.draining import Drain
from core.types import Article
from tests.api.archive import Archive
from tests.api.doubles import HashedWords, ParagraphWriter
from tests.api.streaming_answerers import Paused

data_dir, port, drain_s, finish_s, answerer = sys.argv[1:]
api.server.FINISH_S = float(finish_s)
archive = Archive.empty(data_dir=data_dir, port=int(port), drain_s=float(drain_s))

class SlowWriter(ParagraphWriter):
    async def put(self, article, **conditions):
        await anyio.sleep(1 if article.id == "slow" else 0)
        return await super().put(article, **conditions)

archive.writer = SlowWriter(archive.store, HashedWords())
if answerer == "paused":
    archive.answerer = Paused()
drain = Drain()
app = create_app(archive.open_services, settings=archive.settings, drain=drain)
api.server.serve(
    app, archive.settings, on_started=lambda url: print("started", url, flush=True), drain=drain
)
kept = anyio.run(archive.store.get_article, "slow")
print("closed", archive.closed, "kept", kept is not None, flush=True)
"""

QUESTION = {"question": "معاهدة شراكة استراتيجية؟"}
STREAM = QUESTION | {"stream": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server in a process of its own, and a client without kept connections."""

    process: subprocess.Popen[str]
    client: httpx.Client

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def ended(self) -> tuple[int, str]:
        """Exit status and what was printed at the end."""
        output, errors = self.process.communicate(timeout=PATIENCE_S)
        assert "Traceback" not in errors, errors
        return self.process.returncode, output.strip()


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Running] = []

    def start_one(*, drain_s: float = 0, finish_s: float = 10, answerer: str = "quick") -> Running:
        times = (drain_s, finish_s)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), str(port), *map(str, times), answerer],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        client = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            timeout=PATIENCE_S,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        running.append(Running(process=process, client=client))
        assert process.stdout is not None
        assert process.stdout.readline().startswith("started"), process.stderr
        return running[-1]

    yield start_one
    for each in running:
        each.process.kill()
        each.process.communicate()
        each.client.close()


@contextmanager
def streaming(server: Running) -> Iterator[Iterator[Event]]:
    """The events of an answer, the first of which was read."""
    with server.client.stream("POST", "/v1/answers", json=STREAM) as response:
        events = read_events(response.iter_lines())
        assert next(events).name == "passages"
        yield events


def wait_until_told(server: Running) -> httpx.Response:
    """The first answer of /ready that is not 200."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        response = server.client.get("/ready")
        if response.status_code != 200:
            return response
        time.sleep(0.01)
    raise AssertionError("it went on saying that it is ready")


def test_it_is_not_ready_at_once_and_still_listens_for_its_time(start: Start) -> None:
    server = start(drain_s=2)
    assert server.client.get("/ready").status_code == 200
    server.stop()
    ready = wait_until_told(server)
    assert (ready.status_code, ready.json()["type"]) == (503, "urn:sanad:problem:shutting-down")
    assert int(ready.headers["retry-after"]) > 0
    assert server.client.get("/health").status_code == 200
    assert server.client.post("/v1/answers", json=QUESTION).status_code == 200
    found = server.client.post("/v1/search", json={"query": "معاهدة"})
    assert (found.status_code, found.headers["connection"]) == (200, "close")
    assert server.process.poll() is None
    assert server.ended() == (0, "closed 1 kept False")


def test_a_new_stream_is_refused_with_the_time_to_ask_again(start: Start) -> None:
    server = start(drain_s=2)
    server.stop()
    wait_until_told(server)
    refused = server.client.post("/v1/answers", json=STREAM)
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["type"] == "urn:sanad:problem:shutting-down"
    assert int(refused.headers["retry-after"]) > 0
    assert refused.headers["connection"] == "close"


def test_a_stream_that_does_not_end_in_time_is_told_why(start: Start) -> None:
    server = start(finish_s=0.5, answerer="paused")
    with streaming(server) as events:
        server.stop()
        [last] = events
    assert (last.name, last.id) == ("error", "2")
    assert last.data["type"] == "urn:sanad:problem:shutting-down"
    assert "send the request again" in last.data["detail"]
    assert server.ended() == (0, "closed 1 kept False")


def test_an_answer_that_does_not_end_in_time_is_a_problem(start: Start) -> None:
    server = start(finish_s=0.5, answerer="paused")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(server.client.post, "/v1/answers", json=QUESTION)
        time.sleep(0.5)
        server.stop()
        answered = asked.result(PATIENCE_S)
    assert answered.status_code == 503
    assert answered.json()["type"] == "urn:sanad:problem:shutting-down"
    assert server.ended() == (0, "closed 1 kept False")


def test_a_write_that_has_begun_is_kept(start: Start) -> None:
    server = start(finish_s=0.1)
    with ThreadPoolExecutor(1) as pool:
        article = {"title": "بطيء", "body": "متن"}
        written = pool.submit(server.client.put, "/v1/articles/slow", json=article)
        time.sleep(0.4)
        server.stop()
        assert written.result(PATIENCE_S).status_code == 201
    assert server.ended() == (0, "closed 1 kept True")


def test_a_second_signal_ends_it_at_once(start: Start) -> None:
    server = start(drain_s=60, finish_s=60, answerer="paused")
    with streaming(server) as events:
        server.stop()
        wait_until_told(server)
        began = time.monotonic()
        server.stop()
        with pytest.raises(httpx.RemoteProtocolError):
            list(events)
        server.process.wait(PATIENCE_S)
    assert time.monotonic() - began < 5
