"""SANAD_OTEL: traces go to a collector, or the command says what is missing."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.settings import Settings
from sanad.tracing import open_tracer
from tests.sanad.command import ROOT, command_line, environment


class Collector(HTTPServer):
    """Takes traces as OpenTelemetry's collector does, and keeps them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Collecting)
        self.received: list[tuple[str, bytes]] = []


class _Collecting(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server, ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever)
        yield server
        server.shutdown()


def test_off_means_that_nobody_traces() -> None:
    with open_tracer(Settings()) as tracer:
        assert tracer is None


def test_spans_reach_the_collector_that_the_standard_variables_name(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{collector.server_port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "archive-of-the-herald")
    with open_tracer(Settings(otel="on")) as tracer:
        assert tracer is not None
        tracer.begin("a-request", headers={}).end(error=None)
    [(path, body)] = collector.received
    assert path == "/v1/traces"
    assert b"a-request" in body
    assert b"archive-of-the-herald" in body


def test_the_service_is_called_sanad_by_default(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"http://127.0.0.1:{collector.server_port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", url)
    with open_tracer(Settings(otel="on")) as tracer:
        assert tracer is not None
        tracer.begin("a-request", headers={}).end(error=None)
    assert b"sanad" in collector.received[0][1]


def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # What Python does with a module that is set to None: it cannot be imported.
    monkeypatch.setitem(sys.modules, "core.backends.otel_tracer", None)
    with (
        pytest.raises(ConfigError, match=r"pip install 'sanad\[otel\]'"),
        open_tracer(Settings(otel="on")),
    ):
        pass


def test_the_server_does_not_start_without_what_it_was_asked_for(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['core.backends.otel_tracer'] = None;"
        "from sanad.__main__ import main; sys.exit(main(['serve']))"
    )
    process = subprocess.run(
        [command_line()[0], "-c", program],
        cwd=ROOT,
        env=environment(tmp_path, SANAD_OTEL="on"),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode == 2
    assert "sanad[otel]" in process.stderr
    assert "Traceback" not in process.stderr
