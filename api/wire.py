"""One connection to a client that reads as it pleases: in turns, and not for ever."""

import anyio
from starlette.types import Message, Send


class ReaderStalled(Exception):
    """The client is connected and reads nothing."""


class Wire:
    """Sends a response piece by piece; several tasks may write, in turns.

    Each piece is handed to the server once the one before was taken, so a slow reader holds the
    work up instead of filling memory.
    """

    def __init__(self, send: Send, *, head: Message, stalled_s: float) -> None:
        self._send = send
        self._head = head
        self._stalled_s = stalled_s
        self._turn = anyio.Lock()
        self.has_begun = False

    async def write(self, chunk: bytes) -> None:
        """Hand `chunk` to the server; the head goes before the first one.

        Raises:
            ReaderStalled: the client takes nothing.
        """
        await self._put({"type": "http.response.body", "body": chunk, "more_body": True})

    async def end(self) -> None:
        """Close the body."""
        await self._put({"type": "http.response.body", "body": b"", "more_body": False})

    async def _put(self, message: Message) -> None:
        async with self._turn:
            with anyio.move_on_after(self._stalled_s) as patience:
                if not self.has_begun:
                    self.has_begun = True
                    await self._send(self._head)
                await self._send(message)
            if patience.cancelled_caught:
                raise ReaderStalled(f"the client has read nothing for {self._stalled_s:g} s")
