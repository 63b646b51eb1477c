"""Batches over real connections: told while sent, held up, stalled, left, too many."""

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

import anyio
import httpx

from api.event_stream import StreamTiming
from core.ports import Outcome
from core.types import Article
from tests.api.archive import Archive
from tests.api.batch.uploads import NDJSON, PATH, article, lines, told
from tests.api.doubles import HashedWords, ParagraphWriter
from tests.api.test_leaving import PATIENCE_S, client, listening


class Sender:
    """A connection over which an upload is sent in chunks, and answered meanwhile."""

    def __init__(self, connection: socket.socket, answer: BinaryIO) -> None:
        self._connection = connection
        self._answer = answer

    def send(self, content: bytes) -> None:
        self._connection.sendall(f"{len(content):x}\r\n".encode() + content + b"\r\n")

    def send_until_held_up(self, content: bytes, *, times: int, patience_s: float) -> int:
        """Bytes that were taken before nothing was for so long."""
        self._connection.settimeout(patience_s)
        for sent in range(times):
            try:
                self.send(content)
            except TimeoutError:
                return sent * len(content)
        return times * len(content)

    def end(self) -> None:
        self._connection.sendall(b"0\r\n\r\n")

    def status(self) -> int:
        status = int(self._answer.readline().split()[1])
        while self._answer.readline().strip():
            pass
        return status

    def told(self) -> dict[str, object]:
        """The next line of the response; each comes as a chunk of its own."""
        size = int(self._answer.readline(), 16)
        chunk = self._answer.read(size + 2)
        given: dict[str, object] = json.loads(chunk)
        return given


@contextmanager
def uploading(url: str) -> Iterator[Sender]:
    address = httpx.URL(url)
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: {address.host}\r\n"
        "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with (
        socket.create_connection((address.host, address.port), PATIENCE_S) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(head.encode())
        yield Sender(connection, answer)


class Held(ParagraphWriter):
    """Holds every write until it is let go."""

    def __init__(self, archive: Archive) -> None:
        super().__init__(archive.store, HashedWords())
        self.entered = threading.Event()
        self.let_go = threading.Event()
        self.cancelled = threading.Event()

    async def put_many(self, articles: Sequence[Article]) -> list[Outcome]:
        self.entered.set()
        try:
            while not self.let_go.is_set():  # noqa: ASYNC110 - set by another thread
                await anyio.sleep(0.01)
        except anyio.get_cancelled_exc_class():
            self.cancelled.set()
            raise
        return await super().put_many(articles)


def ready(url: str) -> None:
    with client(url) as asking:
        assert asking.get("/health").status_code == 200


def test_a_verdict_comes_while_the_upload_goes_on(archive: Archive) -> None:
    with listening(archive) as url:
        ready(url)
        with uploading(url) as sender:
            sender.send(lines(article(1)))
            assert sender.status() == 200
            assert sender.told()["verdict"] == "indexed"
            sender.send(lines(article(2)))
            assert sender.told() == {"line": 2, "id": "خبر/2", "verdict": "indexed"}
            sender.end()
            assert sender.told()["summary"] == {
                "indexed": 2,
                "updated": 0,
                "unchanged": 0,
                "rejected": 0,
                "complete": True,
            }


def test_no_more_is_read_than_is_indexed(archive: Archive) -> None:
    archive.writer = writer = Held(archive)
    piece = lines(article(1, body="ب" * 40_000))
    with listening(archive) as url:
        ready(url)
        with uploading(url) as sender:
            sent = sender.send_until_held_up(piece, times=5_000, patience_s=1)
        writer.let_go.set()
    # What the sockets of both sides buffer, some megabytes, and two batches.
    assert sent < 30_000_000


def test_what_was_told_stays_when_the_client_leaves_and_half_a_line_is_nothing(
    archive: Archive,
) -> None:
    with listening(archive) as url:
        ready(url)
        with uploading(url) as sender:
            sender.send(lines(article(1)))
            sender.status()
            sender.told()
            sender.send(lines(article(2)).rstrip())  # whole, but for its end
        with client(url) as asking:
            assert asking.get("/v1/articles/خبر%2F1").status_code == 200
            assert asking.get("/v1/articles/خبر%2F2").status_code == 404


def test_the_work_for_a_client_that_left_is_cancelled(archive: Archive) -> None:
    archive.writer = writer = Held(archive)
    with listening(archive) as url:
        ready(url)
        with uploading(url) as sender:
            sender.send(lines(article(1)))
            assert writer.entered.wait(PATIENCE_S)
        assert writer.cancelled.wait(PATIENCE_S)


def test_an_upload_that_does_not_go_on_is_told_so(archive: Archive) -> None:
    archive.stream_timing = StreamTiming(idle_s=0.3)
    with listening(archive) as url:
        ready(url)
        with uploading(url) as sender:
            sender.send(lines(article(1)))
            sender.status()
            assert sender.told()["verdict"] == "indexed"
            summary = sender.told()["summary"]
    assert isinstance(summary, dict)
    assert (summary["indexed"], summary["complete"]) == (1, False)
    assert summary["problem"]["type"] == "urn:sanad:problem:upload-stalled"


def test_an_upload_that_takes_too_long_is_told_so(archive: Archive) -> None:
    archive.settings = archive.settings.model_copy(update={"max_batch_s": 1})
    with listening(archive) as url:
        ready(url)
        with uploading(url) as sender:
            sender.send(lines(article(1)))
            sender.status()
            sender.told()
            summary = sender.told()["summary"]
    assert isinstance(summary, dict)
    assert summary["problem"]["type"] == "urn:sanad:problem:upload-too-slow"


def test_more_uploads_than_there_is_room_for_are_refused_and_give_it_back(
    archive: Archive,
) -> None:
    archive.writer = writer = Held(archive)
    with listening(archive) as url:
        ready(url)
        with uploading(url) as a, uploading(url) as b, uploading(url) as c, uploading(url) as d:
            for sender in (a, b, c, d):
                writer.entered.clear()
                sender.send(lines(article(1)))
                assert writer.entered.wait(PATIENCE_S)
            with client(url) as asking:
                refused = asking.post(PATH, content=lines(article(2)), headers=NDJSON)
        writer.let_go.set()
        with client(url) as asking:
            taken = asking.post(PATH, content=lines(article(2)), headers=NDJSON)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    assert refused.json()["type"] == "urn:sanad:problem:too-many-uploads"
    assert taken.status_code == 200


def test_a_client_that_reads_only_at_the_end_may_send_ten_thousand_lines(
    archive: Archive,
) -> None:
    # Rejections are the longest verdicts: some 5 MB of them.
    content = lines(*[{"id": "ن" * 200}] * 10_000)
    with listening(archive) as url, client(url, timeout_s=60) as asking:
        response = asking.post(PATH, content=content, headers=NDJSON)
    verdicts, summary = told(response.text)
    assert (len(verdicts), summary["complete"]) == (10_000, True)
