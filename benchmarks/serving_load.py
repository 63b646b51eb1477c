"""Closed-loop HTTP clients in a process of their own; started by serving.py.

Reads a JSON plan on stdin: host, port, seconds and jobs, each with a name, clients, requests
as [method, path, body], whether they are `once` or cycled, and a pause. Writes what was
measured as JSON on stdout. The HTTP is written by hand: a client library would take as much of
the machine as the server under test; what this one takes is reported.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TIMEOUT_S = 120.0


@dataclass(kw_only=True)
class Job:
    """What its clients ask for and what came of it."""

    name: str
    clients: int
    requests: Iterator[tuple[str, str, str]]
    pause_s: float
    latencies_ms: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    ended: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where, and until when on the clock of `time.perf_counter`."""

    host: str
    port: int
    deadline: float


class Connection:
    """One kept-alive HTTP/1.1 connection."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: str) -> str:
        """The status of the response, once all of it was read."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._target.host, self._target.port)
        reader, writer = self._streams
        data = body.encode("utf-8")
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._target.host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        writer.write(head.encode("ascii") + data)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        if "content-length" in headers:
            await reader.readexactly(int(headers["content-length"]))
        if headers.get("connection") == "close":
            self.close()
        return lines[0].split()[1]

    def close(self) -> None:
        """Let go of the connection; the next call opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def run_client(target: Target, job: Job) -> None:
    """Ask one thing after the other until there is no more to ask or time is over."""
    connection = Connection(target)
    while time.perf_counter() < target.deadline:
        request = next(job.requests, None)
        if request is None:
            break
        started = time.perf_counter()
        try:
            status = await asyncio.wait_for(connection.ask(*request), TIMEOUT_S)
        except (OSError, EOFError, TimeoutError) as exc:
            status = type(exc).__name__
            connection.close()
        job.ended = time.perf_counter()
        job.statuses[status] += 1
        if status.startswith("2"):
            job.latencies_ms.append((job.ended - started) * 1e3)
        if job.pause_s:
            await asyncio.sleep(job.pause_s)
    connection.close()


async def run(plan: dict[str, Any]) -> dict[str, object]:
    """Run all jobs of `plan` at once."""
    jobs = [_job(given) for given in plan["jobs"]]
    started, cpu = time.perf_counter(), time.process_time()
    deadline = started + plan["seconds"]
    target = Target(host=plan["host"], port=plan["port"], deadline=deadline)
    async with asyncio.TaskGroup() as tasks:
        for job in jobs:
            for _ in range(job.clients):
                tasks.create_task(run_client(target, job))
    requests = sum(sum(job.statuses.values()) for job in jobs)
    return {
        "client_cpu_ms_per_request": (time.process_time() - cpu) * 1e3 / max(requests, 1),
        "jobs": {
            job.name: {
                "wall_s": job.ended - started,
                "statuses": dict(job.statuses),
                "latencies_ms": job.latencies_ms,
            }
            for job in jobs
        },
    }


def _job(given: dict[str, Any]) -> Job:
    requests = [(method, path, body) for method, path, body in given["requests"]]
    return Job(
        name=given["name"],
        clients=given["clients"],
        requests=iter(requests) if given["once"] else itertools.cycle(requests),
        pause_s=given.get("pause_s", 0.0),
    )


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
