"""A real `sanad serve` for a benchmark, over an index of its own."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environment import ROOT

START_LIMIT_S = 300
LOAD = Path(__file__).with_name("serving_load.py")


@dataclass(frozen=True, kw_only=True)
class Job:
    """What `clients` at once ask for; `once` ends with the last request instead of cycling.

    Each waits for a time within `pause_s` after each request, and is a visitor of `site`, if given,
    or sends the `key` of a program.
    """

    name: str
    clients: int
    requests: Sequence[tuple[str, str, str]]
    once: bool
    pause_s: tuple[float, float] = (0.0, 0.0)
    site: str | None = None
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    start_s: float

    def memory_mib(self, field: str = "VmRSS") -> float:
        """Resident memory now, or its peak (VmHWM)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        line = next(line for line in status.splitlines() if line.startswith(f"{field}:"))
        return int(line.split()[1]) / 1024

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON
        """The body of a GET."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as response:
            return json.load(response)

    def load(self, jobs: Sequence[Job], *, seconds: float) -> "Load":
        """Begin to drive the server with `jobs`, all at once."""
        plan = {
            "host": "127.0.0.1",
            "port": self.port,
            "seconds": seconds,
            "jobs": [vars(job) for job in jobs],
        }
        process = subprocess.Popen(
            [sys.executable, str(LOAD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(plan).encode("utf-8"))
        process.stdin.close()
        return Load(process)


class Load:
    """A running load generator."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def wait(self) -> dict[str, Any]:
        """What it measured, once it ended."""
        assert self._process.stdout is not None
        with self._process.stdout as output:
            written = output.read()
        if self._process.wait() != 0:
            raise SystemExit(f"the load generator ended with status {self._process.returncode}")
        measured: dict[str, Any] = json.loads(written)
        return measured


def child_environment(**settings: str) -> dict[str, str]:
    """That of the user with `settings`, and with the project importable."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", ""))))
    return os.environ | {"PYTHONPATH": path, "SANAD_LOG_LEVEL": "warning"} | settings


def build_index(corpus: Path, data_dir: Path) -> None:
    """Index `corpus` into `data_dir`."""
    subprocess.run(
        [sys.executable, "-m", "sanad", "index", str(corpus), "--json"],
        cwd=ROOT,
        env=child_environment(SANAD_DATA_DIR=str(data_dir)),
        stdout=subprocess.DEVNULL,
        check=True,
    )


@contextmanager
def serving(data_dir: Path, *, port: int | None = None, **settings: str) -> Iterator[Server]:
    """A server over `data_dir`, ready to be asked, on a free port if none is given.

    `settings` are SANAD_* values.
    """
    port = port or free_port()
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "sanad", "serve"],
        cwd=ROOT,
        env=child_environment(SANAD_DATA_DIR=str(data_dir), SANAD_PORT=str(port), **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            _wait_until_ready(process, port)
            yield Server(process=process, port=port, start_s=time.perf_counter() - started)
        finally:
            process.terminate()


def free_port() -> int:
    """One that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise SystemExit("the server did not become ready: its lines above say why")


def questions_of(path: Path) -> list[str]:
    """Distinct questions in the order of the file."""
    with path.open(encoding="utf-8") as lines:
        return list(dict.fromkeys(json.loads(line)["text"] for line in lines if line.strip()))


def searches(questions: Sequence[str]) -> list[tuple[str, str, str]]:
    """A search for each question."""
    return [("POST", "/v1/search", _json({"query": question})) for question in questions]


def answers(questions: Sequence[str], *, stream: bool = False) -> list[tuple[str, str, str]]:
    """An answer to each question, as it comes if `stream`."""
    return [
        (
            "POST",
            "/v1/answers",
            _json({"question": question} | ({"stream": True} if stream else {})),
        )
        for question in questions
    ]


def _json(body: dict[str, object]) -> str:
    return json.dumps(body, ensure_ascii=False)
