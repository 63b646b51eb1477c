"""`sanad serve` as operators run it: a process of its own, ready before a test goes on."""

import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.sanad.command import LIMIT_S, ROOT, command_line, environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running server over the index in `data_dir`."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    data_dir: Path

    @property
    def url(self) -> str:
        return str(self.client.base_url)


@contextmanager
def serving(data_dir: Path, *, port: int | None = None, **settings: str) -> Iterator[Served]:
    """Serves until the block ends, on a free port if none is given.

    Fails the test if the server does not start.
    """
    port = port or free_port()
    with (
        tempfile.TemporaryFile() as stderr,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client,
        subprocess.Popen(
            command_line("serve"),
            cwd=ROOT,
            env=environment(data_dir, SANAD_PORT=str(port), **settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        ) as process,
    ):
        try:
            if not _becomes_ready(process, client):
                stderr.seek(0)
                pytest.fail(f"the server did not start: {stderr.read().decode()}")
            yield Served(process=process, client=client, data_dir=data_dir)
        finally:
            process.kill()


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


def free_port() -> int:
    """One that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
