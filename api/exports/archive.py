"""The whole archive as JSON lines, read and sent page by page."""

import logging
from collections.abc import AsyncIterator

from fastapi import Response
from starlette.types import Message, Receive, Scope, Send

from api.exports.archive_lines import pieces
from api.negotiation import NDJSON
from api.wire import ReaderStalled, Wire
from core.types import StoredArticle

logger = logging.getLogger(__name__)


class ArchiveResponse(Response):
    """Sends `articles` as lines, no faster than they are read.

    What fails after the first byte breaks the connection: a shorter archive must never look whole.
    """

    media_type = NDJSON

    def __init__(self, articles: AsyncIterator[StoredArticle], *, stalled_s: float) -> None:
        self.status_code = 200
        self.background = None
        self.init_headers({"Content-Disposition": 'attachment; filename="articles.jsonl"'})
        self._articles = articles
        self._stalled_s = stalled_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the archive; `CancelWhenClientLeaves` cancels it with its client."""
        head: Message = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }
        wire = Wire(send, head=head, stalled_s=self._stalled_s)
        # Once the request was read, CancelWhenClientLeaves listens for the end of the connection.
        await receive()
        try:
            async for piece in pieces(self._articles):
                await wire.write(piece)
            await wire.end()
        except ReaderStalled:
            request_id = str(scope["state"]["request_id"])
            logger.warning("reader stalled request_id=%s", request_id)
