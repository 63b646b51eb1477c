"""Closed-loop HTTP clients in a process of their own; started by serving_server.py.

Reads a JSON plan on stdin: host, port, seconds and jobs, each with a name, clients, requests
as [method, path, body], whether they are `once` or cycled, and the bounds of a pause. With a
`site`, each client is a visitor of it and gets a token first, where the server gives any; with a
`key`, it sends that. Writes what was measured as JSON on stdout. The HTTP is written by hand: a
client library would take as much of the machine as the server under test; what this one takes is
reported.
"""

import asyncio
import itertools
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TIMEOUT_S = 120.0
SENTENCE, FAULT = b"event: delta", b"event: error"
UNAUTHORIZED, LIMITED = "401", "429"


@dataclass(kw_only=True)
class Job:
    """What its clients ask for and what came of it."""

    name: str
    clients: int
    requests: Iterator[tuple[str, str, str]]
    pause_s: tuple[float, float]
    site: str | None
    key: str | None
    latencies_ms: list[float] = field(default_factory=list)
    sentences_ms: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    ended: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where, and until when on the clock of `time.perf_counter`."""

    host: str
    port: int
    deadline: float


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The status and body of a response that was read whole; of a stream, when it first spoke."""

    status: str
    body: bytes = b""
    sentence_at: float | None = None


class Connection:
    """One kept-alive HTTP/1.1 connection."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.token: str | None = None

    async def ask(self, method: str, path: str, body: str) -> Reply:
        """The response, once all of it was read."""
        sent = self._request(method, path, body.encode("utf-8"))
        reader, head = await self._send(sent)
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        status = lines[0].split()[1]
        if headers.get("transfer-encoding") == "chunked":
            reply = await _read_stream(reader, status)
        else:
            length = int(headers.get("content-length", 0))
            reply = Reply(status=status, body=await reader.readexactly(length))
        if headers.get("connection") == "close":
            self.close()
        return reply

    async def _send(self, sent: bytes) -> tuple[asyncio.StreamReader, bytes]:
        """What the response is read from, and its head.

        A server lets go of a connection that is not used for a while: as browsers do, what was
        sent over one and got no byte back is sent again over a new one.
        """
        if self._streams is not None:
            try:
                return await self._exchange(*self._streams, sent)
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
        self._streams = await asyncio.open_connection(self._target.host, self._target.port)
        return await self._exchange(*self._streams, sent)

    async def _exchange(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes
    ) -> tuple[asyncio.StreamReader, bytes]:
        writer.write(sent)
        return reader, await reader.readuntil(b"\r\n\r\n")

    def _request(self, method: str, path: str, data: bytes) -> bytes:
        host = f"{self._target.host}:{self._target.port}"
        token = "" if self.token is None else f"Authorization: Bearer {self.token}\r\n"
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n{token}"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        return head.encode("ascii") + data

    def close(self) -> None:
        """Let go of the connection; the next call opens another."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _read_stream(reader: asyncio.StreamReader, status: str) -> Reply:
    """A chunked response to its end; one with an event `error` has the status "stream error"."""
    sentence_at: float | None = None
    while size := int(await reader.readuntil(b"\r\n"), 16):
        chunk = await reader.readexactly(size + 2)
        if sentence_at is None and SENTENCE in chunk:
            sentence_at = time.perf_counter()
        if FAULT in chunk:
            status = "stream error"
    await reader.readexactly(2)
    return Reply(status=status, sentence_at=sentence_at)


async def run_client(target: Target, job: Job, shaken: random.Random) -> None:
    """Ask one thing after the other until there is no more to ask or time is over."""
    connection = Connection(target)
    connection.token = job.key
    if job.pause_s[1]:  # not all in the same moment
        await asyncio.sleep(shaken.uniform(0, job.pause_s[1]))
    while time.perf_counter() < target.deadline:
        request = next(job.requests, None)
        if request is None:
            break
        try:
            await _ask_once(connection, job, request)
        except (OSError, EOFError, TimeoutError) as exc:
            job.statuses[type(exc).__name__] += 1
            connection.close()
        if job.pause_s[1]:
            await asyncio.sleep(shaken.uniform(*job.pause_s))
    connection.close()


async def _ask_once(connection: Connection, job: Job, request: tuple[str, str, str]) -> None:
    wants_token = job.site is not None and connection.token is None
    if wants_token and await _visit(connection, job.site) == LIMITED:
        job.statuses[LIMITED] += 1
        return
    started = time.perf_counter()
    reply = await asyncio.wait_for(connection.ask(*request), TIMEOUT_S)
    job.ended = time.perf_counter()
    if reply.status == UNAUTHORIZED:  # the token has run out: the next question gets a new one
        connection.token = None
    job.statuses[reply.status] += 1
    if reply.status.startswith("2"):
        job.latencies_ms.append((job.ended - started) * 1e3)
        if reply.sentence_at is not None:
            job.sentences_ms.append((reply.sentence_at - started) * 1e3)


async def _visit(connection: Connection, site: str | None) -> str:
    """Give `connection` a visitor's token, if the server gives any; its status."""
    body = json.dumps({"site": site})
    reply = await asyncio.wait_for(connection.ask("POST", "/v1/visitors", body), TIMEOUT_S)
    if reply.status.startswith("2"):
        connection.token = str(json.loads(reply.body)["token"])
    return reply.status


async def run(plan: dict[str, Any]) -> dict[str, object]:
    """Run all jobs of `plan` at once."""
    jobs = [_job(given) for given in plan["jobs"]]
    started, cpu = time.perf_counter(), time.process_time()
    deadline = started + plan["seconds"]
    target = Target(host=plan["host"], port=plan["port"], deadline=deadline)
    shaken = random.Random(1)
    async with asyncio.TaskGroup() as tasks:
        for job in jobs:
            for _ in range(job.clients):
                tasks.create_task(run_client(target, job, shaken))
    requests = sum(sum(job.statuses.values()) for job in jobs)
    return {
        "client_cpu_ms_per_request": (time.process_time() - cpu) * 1e3 / max(requests, 1),
        "jobs": {
            job.name: {
                "wall_s": job.ended - started,
                "statuses": dict(job.statuses),
                "latencies_ms": job.latencies_ms,
                "sentences_ms": job.sentences_ms,
            }
            for job in jobs
        },
    }


def _job(given: dict[str, Any]) -> Job:
    requests = [(method, path, body) for method, path, body in given["requests"]]
    least_s, most_s = given["pause_s"]
    return Job(
        name=given["name"],
        clients=given["clients"],
        requests=iter(requests) if given["once"] else itertools.cycle(requests),
        pause_s=(least_s, most_s),
        site=given["site"],
        key=given["key"],
    )


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
