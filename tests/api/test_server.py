"""The server announces itself once it listens, ends when told to, and says why it cannot start."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from api.app import create_app
from api.server import serve
from api.services import Services
from core.errors import ConfigError, IndexLocked, StoreUnavailable
from core.settings import Settings
from tests.api.archive import Archive
from tests.api.doubles import SlowInThread

PROGRAM = """
import sys
from api.app import create_app
from api.server import serve
from core.settings import Settings
from tests.api.archive import Archive
from tests.api.doubles import SlowInThread

archive = Archive.empty(port=int(sys.argv[1]))
archive.embedder = SlowInThread()
app = create_app(archive.open_services, settings=archive.settings)
serve(app, archive.settings, on_started=lambda url: print("started", url, flush=True))
print("closed", archive.opened, archive.closed, flush=True)
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def running(free_port: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(free_port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def never(_: str) -> None:
    raise AssertionError("it must not announce itself")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_quietly_and_closes_its_services(
    running: subprocess.Popen[str], free_port: int, sent: signal.Signals
) -> None:
    assert running.stdout is not None
    url = f"http://127.0.0.1:{free_port}"
    assert running.stdout.readline() == f"started {url}\n"
    with urllib.request.urlopen(f"{url}/health", timeout=10) as response:
        assert response.read() == b'{"status":"ok"}'
    running.send_signal(sent)
    output, errors = running.communicate(timeout=20)
    assert (running.returncode, output) == (0, "closed 1 1\n")
    assert "Traceback" not in errors


def test_a_request_in_work_is_finished_before_the_server_ends(
    running: subprocess.Popen[str], free_port: int
) -> None:
    assert running.stdout is not None
    running.stdout.readline()
    request = urllib.request.Request(
        f"http://127.0.0.1:{free_port}/v1/search",
        data=b'{"query": "x"}',
        headers={"Content-Type": "application/json"},
    )
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(urllib.request.urlopen, request, timeout=20)
        time.sleep(SlowInThread.slow_s / 2)
        running.send_signal(signal.SIGTERM)
        with slow.result(20) as response:
            assert response.status == 200
    assert running.wait(20) == 0


def settings(**values: object) -> Settings:
    return Settings.model_validate(values)


def test_a_taken_port_is_refused_before_any_service_opens(free_port: int) -> None:
    archive = Archive.empty(port=free_port)
    app = create_app(archive.open_services, settings=archive.settings)
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        with pytest.raises(ConfigError, match=f"port {free_port} .* is in use.*SANAD_PORT"):
            serve(app, archive.settings, on_started=never)
    assert archive.opened == 0


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("nowhere.invalid", "'nowhere.invalid' is unknown: set SANAD_HOST"),
        ("192.0.2.1", "cannot be bound: set SANAD_HOST"),
        ("a" * 70 + ".example", "is unknown: set SANAD_HOST"),
    ],
)
def test_an_address_that_is_not_ours_is_refused_with_the_remedy(host: str, says: str) -> None:
    archive = Archive.empty(host=host)
    app = create_app(archive.open_services, settings=archive.settings)
    with pytest.raises(ConfigError, match=says):
        serve(app, archive.settings, on_started=never)


@pytest.mark.parametrize(
    "error",
    [
        IndexLocked("process 7 owns the index"),
        StoreUnavailable("no route to the store"),
        ZeroDivisionError("a fault of ours"),
    ],
)
def test_what_keeps_services_from_opening_reaches_the_caller_and_no_trace_the_log(
    error: Exception, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    @asynccontextmanager
    async def fail() -> AsyncIterator[Services]:
        raise error
        yield

    chosen = settings(port=free_port)
    with pytest.raises(type(error), match=str(error)):
        serve(create_app(fail, settings=chosen), chosen, on_started=never)
    assert "Traceback" not in caplog.text


def test_what_goes_wrong_while_services_close_reaches_the_caller(free_port: int) -> None:
    archive = Archive.empty(port=free_port)

    @asynccontextmanager
    async def fail_at_the_end() -> AsyncIterator[Services]:
        async with archive.open_services() as services:
            yield services
        raise StoreUnavailable("the last write was lost")

    app = create_app(fail_at_the_end, settings=archive.settings)
    with pytest.raises(StoreUnavailable, match="the last write was lost"):
        serve(app, archive.settings, on_started=lambda _: signal.raise_signal(signal.SIGINT))


def test_a_port_lost_while_the_model_loads_closes_the_services(free_port: int) -> None:
    archive = Archive.empty(port=free_port)
    other = socket.socket()
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    @asynccontextmanager
    async def lose_the_port() -> AsyncIterator[Services]:
        async with archive.open_services() as services:
            other.bind(("127.0.0.1", free_port))
            other.listen()
            yield services

    app = create_app(lose_the_port, settings=archive.settings)
    with other, pytest.raises(ConfigError, match="is in use"):
        serve(app, archive.settings, on_started=never)
    assert (archive.opened, archive.closed) == (1, 1)


def test_a_failed_announcement_closes_the_services(free_port: int) -> None:
    archive = Archive.empty(port=free_port)
    app = create_app(archive.open_services, settings=archive.settings)
    with pytest.raises(AssertionError, match="must not announce"):
        serve(app, archive.settings, on_started=never)
    assert (archive.opened, archive.closed) == (1, 1)
