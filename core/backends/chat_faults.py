"""What goes wrong at a chat endpoint, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from core.backends.chat_wire import fault_code
from core.errors import BackendError, GeneratorRejected, GeneratorUnavailable

UNAUTHORISED = (401, 403)
MALFORMED = (400, 422, 501)
"""Statuses that may mean "I do not know this part of the request"."""

PASSING = (408, 409, 425, 429)


class Fault(Exception):
    """One attempt failed with `error`; another may be made after `pause_s`, if not None."""

    def __init__(self, error: BackendError, *, pause_s: float | None) -> None:
        super().__init__(str(error))
        self.error = error
        self.pause_s = pause_s


class Refused(Exception):
    """The server does not take a part of the request; `said` are its words."""

    def __init__(self, said: bytes, *, status: int) -> None:
        super().__init__(status)
        self.said = said
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatFaults:
    """Words the faults of one endpoint; never with the server's own words, which may hold texts."""

    place: str
    model: str

    def judge(self, response: httpx.Response, said: bytes) -> Fault | Refused:
        """What a response that is not a reply means; `said` is what was read of its body."""
        status = response.status_code
        if status in MALFORMED:
            return Refused(said, status=status)
        if status in PASSING or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            error = self._unavailable(f"it answered {status}")
            return Fault(error, pause_s=_retry_after_s(response.headers))
        return Fault(self.rejected(status, said), pause_s=None)

    def passing(self, reason: str) -> Fault:
        """Another attempt may succeed."""
        return Fault(self._unavailable(reason), pause_s=0.0)

    def lasting(self, reason: str) -> Fault:
        """Another attempt would fail like this one."""
        return Fault(self._unavailable(reason), pause_s=None)

    def rejected(self, status: int, said: bytes) -> GeneratorRejected:
        """The server refuses what we send."""
        if status in UNAUTHORISED:
            return GeneratorRejected(
                f"{self.place} refused the key ({status}): set SANAD_LLM_API_KEY"
            )
        if status == httpx.codes.NOT_FOUND:
            return GeneratorRejected(
                f"{self.place} knows no model {self.model} or no /chat/completions ({status}): "
                "set SANAD_LLM_MODEL and SANAD_LLM_BASE_URL"
            )
        reason = fault_code(said)
        return GeneratorRejected(f"{self.place} refused the request ({status}): {reason}")

    def _unavailable(self, reason: str) -> GeneratorUnavailable:
        return GeneratorUnavailable(
            f"{self.place} does not answer: {reason}; check that it runs and that "
            "SANAD_LLM_BASE_URL is its address"
        )


def _retry_after_s(headers: Mapping[str, str]) -> float:
    """Seconds that the server asks to wait (RFC 9110, 10.2.3); 0 if it asks nothing readable."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(tz=UTC)).total_seconds())
