"""A chat model in memory: says what it is told to, in pieces, and remembers what it was asked."""

from collections.abc import AsyncGenerator, Sequence

from anyio.lowlevel import checkpoint

from core.chat import ChatDelta, ChatEnd, ChatEvent, ChatRequest, FinishReason
from core.errors import BackendError

PIECE_CHARS = 5


class ScriptedChatModel:
    """Gives `replies` in turn, the last one again and again; an error among them is raised."""

    name = "scripted"

    def __init__(self, replies: Sequence[str | BackendError]) -> None:
        self._replies = list(replies)
        self.asked: list[ChatRequest] = []
        self.left_early = 0

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """The next reply, as many characters as `max_tokens` at most: each counts as a token."""
        self.asked.append(request)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, BackendError):
            raise reply
        said = reply[: request.max_tokens]
        is_complete = False
        try:
            for start in range(0, len(said), PIECE_CHARS):
                await checkpoint()
                yield ChatDelta(text=said[start : start + PIECE_CHARS])
            is_cut = len(said) < len(reply)
            yield ChatEnd(reason=FinishReason.LENGTH if is_cut else FinishReason.STOP)
            is_complete = True
        finally:
            self.left_early += not is_complete
