"""Many articles in a few requests, each small enough to be sent again whole."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import httpx

from api.schemas.batch import BatchSummaryOut, BatchTallyOut, BatchVerdictOut
from core.types import Article
from sanad.client.bodies import article_body
from sanad.client.errors import ServerUnreachable, problem_error
from sanad.client.operations import Call, Operation
from sanad.client.replies import parsed, problem_of, shown
from sanad.client.streams import Lines

MAX_LINES = 200
"""Of one request: what breaks off is sent again from its beginning, and is unchanged then."""

MAX_BYTES = 2_000_000
"""Of one request, but for a single article that is larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Articles as JSON lines; `first` is the place of the first one among all, from 0."""

    first: int
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReply:
    """The verdicts of one batch, in order, and their summary."""

    verdicts: tuple[BatchVerdictOut, ...]
    tally: BatchTallyOut

    def require_complete(self, *, url: str) -> None:
        """Return if every line has its verdict.

        Raises:
            ProblemError: the server at `url` stopped before.
            ServerUnreachable: likewise, and says no reason.
        """
        if self.tally.complete:
            return
        if self.tally.problem is None:
            raise ServerUnreachable(f"the server at {url} broke off in the middle of a batch")
        told = self.tally.problem
        problem = problem_of(
            told.model_dump(), status=told.status, request_id=told.request_id, retry_after=""
        )
        raise problem_error(problem, url=url)


def batches(articles: Iterable[Article]) -> Iterator[Batch]:
    """`articles` in order, cut into batches; taken one batch at a time."""
    lines: list[bytes] = []
    size = first = 0
    for place, article in enumerate(articles):
        line = json.dumps(article_body(article), ensure_ascii=False).encode("utf-8") + b"\n"
        if lines and (len(lines) == MAX_LINES or size + len(line) > MAX_BYTES):
            yield Batch(first=first, content=b"".join(lines))
            lines, size, first = [], 0, place
        lines.append(line)
        size += len(line)
    if lines:
        yield Batch(first=first, content=b"".join(lines))


def publishing_batch(batch: Batch) -> Operation[BatchReply]:
    """POST /v1/articles/batch; lines are counted over all batches."""

    def read(response: httpx.Response) -> BatchReply:
        lines = Lines()
        told = [line for line in lines.feed(response.content) + lines.end() if line]
        url = shown(response.url)
        if not told:
            raise ServerUnreachable(f"the server at {url} told nothing of a batch: send it again")
        verdicts = [parsed(BatchVerdictOut, line, url=url) for line in told[:-1]]
        return BatchReply(
            verdicts=tuple(
                verdict.model_copy(update={"line": verdict.line + batch.first})
                for verdict in verdicts
            ),
            tally=parsed(BatchSummaryOut, told[-1], url=url).summary,
        )

    call = Call(
        method="POST",
        path="/v1/articles/batch",
        content=batch.content,
        headers={"Content-Type": "application/x-ndjson"},
    )
    return Operation(call=call, read=read)
