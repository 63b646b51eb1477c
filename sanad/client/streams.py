"""Reads what comes piece by piece: lines, and the events of a streamed answer."""

from api.schemas.answer_events import DeltaOut, PassagesOut
from api.schemas.answers import AnswerOut, CitationOut
from sanad.client.errors import ServerUnreachable
from sanad.client.replies import error_told, parsed

StreamEvent = PassagesOut | CitationOut | DeltaOut | AnswerOut
"""In this order: passages, each citation before the sentence that uses it, the whole answer."""

_MODELS: dict[str, type[StreamEvent]] = {
    "passages": PassagesOut,
    "citation": CitationOut,
    "delta": DeltaOut,
    "answer": AnswerOut,
}
_ERROR = "error"


class Lines:
    r"""Cuts bytes into lines at \n and \r\n only: JSON may hold U+2028, which ends no line here."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[str]:
        """The lines that `chunk` completes, without their ends."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [line.removesuffix(b"\r").decode("utf-8", "replace") for line in lines]

    def end(self) -> list[str]:
        """What is left as a line, if anything is."""
        rest, self._rest = self._rest, b""
        return [rest.decode("utf-8", "replace")] if rest else []


class EventReader:
    """The events of a streamed answer, as its bytes come (HTML standard, section 9.2.6)."""

    def __init__(self, *, url: str) -> None:
        """`url` is the server's, for messages."""
        self._url = url
        self._lines = Lines()
        self._name = ""
        self._data: list[str] = []
        self._is_whole = False

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """The events that `chunk` completes; kinds that this version does not know are left out.

        Raises:
            ProblemError: the answer failed on the way.
            UnexpectedReply: an event has another shape than this version knows.
        """
        found = [self._dispatched() for line in self._lines.feed(chunk) if self._ends_event(line)]
        return [event for event in found if event is not None]

    def require_whole(self) -> None:
        """Return if the answer has come whole.

        Raises:
            ServerUnreachable: the stream ended before it.
        """
        if not self._is_whole:
            raise ServerUnreachable(
                f"the server at {self._url} broke off in the middle of an answer: ask again"
            )

    def _ends_event(self, line: str) -> bool:
        field, _, value = line.partition(":")
        match field:
            case "event":
                self._name = value.removeprefix(" ")
            case "data":
                self._data.append(value.removeprefix(" "))
        return not line

    def _dispatched(self) -> StreamEvent | None:
        name, data = self._name, "\n".join(self._data)
        self._name, self._data = "", []
        if name == _ERROR:
            raise error_told(data, url=self._url)
        model = _MODELS.get(name)
        if model is None or not data:
            return None
        event = parsed(model, data, url=self._url)
        self._is_whole = isinstance(event, AnswerOut)
        return event
