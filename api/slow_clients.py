"""Connections whose client takes its time to say what it wants are closed.

uvicorn waits without bound for the head of a request; `api.limits` bounds its body.
"""

from asyncio import TimerHandle, Transport

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_S = 10.0
"""Longest time from the first byte of a connection, or of a further request, to the end of the
head."""


class PromptProtocol(H11Protocol):
    """uvicorn's HTTP/1.1 with a bound on the time that a head may take."""

    head_s = HEAD_S
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Read on; go on waiting if no request is whole yet."""
        super().data_received(data)
        if self._is_kept_waiting() and not self.transport.is_closing():
            self._wait()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def _is_kept_waiting(self) -> bool:
        """For a head, or for the rest of a body whose request has been answered already."""
        is_answered = self.conn.our_state in {h11.DONE, h11.MUST_CLOSE}
        return self.conn.their_state is h11.IDLE or (
            is_answered and self.conn.their_state is h11.SEND_BODY
        )

    def _wait(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.head_s, self._give_up)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if self._is_kept_waiting():
            self.transport.close()
