"""A chat model behind any OpenAI-compatible endpoint, asked over HTTP."""

import logging
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

import anyio
import httpx

from core.backends.chat_faults import ChatFaults, Fault, Refused
from core.backends.chat_wire import (
    DONE,
    Dialect,
    EventDecoder,
    MalformedReply,
    Piece,
    ServerFault,
    read_chunk,
    read_completion,
    request_body,
)
from core.chat import ChatDelta, ChatEnd, ChatEvent, ChatRequest, FinishReason
from core.errors import ConfigError, GeneratorBusy
from core.settings import Settings

logger = logging.getLogger(__name__)

MAX_FAULT_BYTES = 20_000
"""Read of a refusal."""

MAX_REPLY_BYTES = 4_000_000
"""Of a reply that does not stream."""

MAX_CHARS_A_TOKEN = 32
"""A server that sends more text than this bound allows does not keep to `max_tokens`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a server is borne with, within the time of a request.

    `silence_s` is the longest pause within a reply that has begun; before it begins, a server
    may take all the time there is. Pauses between attempts double and are shaken. After a server
    could not be reached, it is not tried for `rest_s`, so that nobody waits for a dead one.
    """

    attempts: int = 3
    first_pause_s: float = 0.3
    connect_s: float = 5.0
    silence_s: float = 10.0
    rest_s: float = 10.0
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep
    jitter: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic


@asynccontextmanager
async def open_chat_model(settings: Settings) -> AsyncIterator["HttpChatModel"]:
    """The model at SANAD_LLM_BASE_URL, which must be set; closed with the block.

    Raises:
        ConfigError: the address or the key cannot be used.
    """
    key = "" if settings.llm_api_key is None else settings.llm_api_key.get_secret_value()
    if not (key.isascii() and key.isprintable() and key == key.strip()):
        raise ConfigError(
            "SANAD_LLM_API_KEY holds white space or a character that no HTTP header can carry"
        )
    try:
        client = httpx.AsyncClient(
            base_url=settings.llm_base_url or "",
            headers={} if not key else {"Authorization": f"Bearer {key}"},
            trust_env=False,
            timeout=None,  # every wait is bounded by the request's own time
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=8),
        )
    except (httpx.InvalidURL, ValueError) as exc:
        raise ConfigError(f"SANAD_LLM_BASE_URL={settings.llm_base_url} is no address") from exc
    async with client:
        yield HttpChatModel(
            client,
            model=settings.llm_model or "",
            concurrency=settings.llm_concurrency,
            max_waiting=settings.llm_max_waiting,
        )


class HttpChatModel:
    """A ChatModel over `client`, whose base URL is the endpoint's."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        *,
        model: str,
        concurrency: int,
        max_waiting: int,
        patience: Patience | None = None,
    ) -> None:
        self._client = client
        self._model = model
        self._place = f"the chat endpoint {str(client.base_url).rstrip('/')}"
        self._faults = ChatFaults(place=self._place, model=model)
        self._seats = anyio.CapacityLimiter(concurrency)
        self._max_waiting = max_waiting
        self._patience = patience or Patience()
        self._dialect = Dialect()
        self._rests_until = float("-inf")

    @property
    def name(self) -> str:
        """As SANAD_LLM_MODEL gives it."""
        return self._model

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent, None]:
        """The reply; see ChatModel."""
        now = self._patience.clock()
        if now < self._rests_until:
            raise self._faults.lasting("it could not be reached a moment ago").error
        deadline = now + request.timeout_s
        seat = object()
        await self._sit(seat, deadline)
        try:
            async with aclosing(self._attempts(request, deadline)) as events:
                async for event in events:
                    yield event
        finally:
            self._seats.release_on_behalf_of(seat)

    async def _sit(self, seat: object, deadline: float) -> None:
        waiting = self._seats.statistics().tasks_waiting
        if waiting >= self._max_waiting and self._seats.available_tokens < 1:
            raise GeneratorBusy(
                f"{waiting} calls wait for {self._place}, at most {self._max_waiting} may"
            )
        try:
            with anyio.fail_after(self._left(deadline)):
                await self._seats.acquire_on_behalf_of(seat)
        except TimeoutError as exc:
            raise GeneratorBusy(f"no call to {self._place} ended in time to make another") from exc

    async def _attempts(
        self, request: ChatRequest, deadline: float
    ) -> AsyncGenerator[ChatEvent, None]:
        """Tries again until the first delta: what was said cannot be taken back."""
        dialect = self._dialect
        attempt = 1
        while True:
            has_begun = False
            try:
                async with aclosing(self._once(request, dialect, deadline)) as events:
                    async for event in events:
                        has_begun = True
                        self._dialect = dialect
                        yield event
            except Refused as refusal:
                said = refusal.said.decode("utf-8", errors="replace")
                following = dialect.after_refusal(said)
                if following is None:
                    raise self._faults.rejected(refusal.status, refusal.said) from refusal
                dialect = following
            except Fault as fault:
                pause_s = None if has_begun else self._pause_s(fault, attempt, deadline)
                if pause_s is None:
                    if isinstance(fault.__cause__, httpx.ConnectError | httpx.ConnectTimeout):
                        self._rests_until = self._patience.clock() + self._patience.rest_s
                    raise fault.error from fault.__cause__
                logger.warning("chat endpoint failed attempt=%d reason=%s", attempt, fault)
                await self._patience.sleep(pause_s)
                attempt += 1
            else:
                return

    def _pause_s(self, fault: Fault, attempt: int, deadline: float) -> float | None:
        """How long to wait before the next attempt; None if there shall be none."""
        if fault.pause_s is None or attempt == self._patience.attempts:
            return None
        backoff_s = self._patience.first_pause_s * 2 ** (attempt - 1)
        pause_s = max(fault.pause_s, backoff_s * (0.5 + self._patience.jitter() / 2))
        return pause_s if pause_s < self._left(deadline) else None

    async def _once(
        self, request: ChatRequest, dialect: Dialect, deadline: float
    ) -> AsyncGenerator[ChatEvent, None]:
        """One attempt.

        Raises:
            Fault: it failed.
            Refused: the server does not take the request in this dialect.
        """
        try:
            async with aclosing(await self._send(request, dialect, deadline)) as response:
                if response.status_code != httpx.codes.OK:
                    raise self._faults.judge(response, await self._said(response, deadline))
                total = 0
                async with aclosing(self._pieces(response, deadline)) as events:
                    async for event in events:
                        if isinstance(event, ChatDelta):
                            total += len(event.text)
                        if total > request.max_tokens * MAX_CHARS_A_TOKEN:
                            raise self._faults.lasting("it sends more than was asked for")
                        yield event
        except TimeoutError as exc:
            raise self._faults.passing("it did not answer in time") from exc
        except (MalformedReply, ServerFault) as exc:
            raise self._faults.passing(str(exc)) from exc
        except httpx.TimeoutException as exc:
            raise self._faults.passing("it cannot be reached in time") from exc
        except httpx.TransportError as exc:
            raise self._faults.passing(f"no connection ({type(exc).__name__})") from exc
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as exc:
            raise self._faults.lasting(f"it cannot be asked ({type(exc).__name__})") from exc

    async def _send(
        self, request: ChatRequest, dialect: Dialect, deadline: float
    ) -> httpx.Response:
        message = self._client.build_request(
            "POST",
            "/chat/completions",
            json=request_body(request, model=self._model, dialect=dialect),
            headers={"Accept": "text/event-stream, application/json"},
            timeout=httpx.Timeout(None, connect=self._patience.connect_s),
        )
        with anyio.fail_after(self._left(deadline)):
            return await self._client.send(message, stream=True)

    async def _pieces(
        self, response: httpx.Response, deadline: float
    ) -> AsyncGenerator[ChatEvent, None]:
        if "json" in response.headers.get("Content-Type", ""):
            data = await self._read(response, deadline, limit=MAX_REPLY_BYTES)
            piece = read_completion(data)
            if piece.text:
                yield ChatDelta(text=piece.text)
            yield ChatEnd(reason=piece.reason or FinishReason.OTHER, usage=piece.usage)
            return
        end = Piece()
        async with aclosing(self._events(response, deadline)) as events:
            async for data in events:
                if data == DONE:
                    end = replace(end, reason=end.reason or FinishReason.OTHER)
                    break
                piece = read_chunk(data)
                end = Piece(reason=piece.reason or end.reason, usage=piece.usage or end.usage)
                if piece.text:
                    yield ChatDelta(text=piece.text)
        if end.reason is None:
            raise MalformedReply("the reply broke off")
        yield ChatEnd(reason=end.reason, usage=end.usage)

    async def _events(
        self, response: httpx.Response, deadline: float
    ) -> AsyncGenerator[bytes, None]:
        decoder = EventDecoder()
        chunks = response.aiter_bytes()
        wait_s = self._left(deadline)
        while True:
            with anyio.fail_after(min(wait_s, self._left(deadline))):
                chunk = await anext(chunks, None)
            for event in decoder.close() if chunk is None else decoder.feed(chunk):
                wait_s = self._patience.silence_s
                yield event
            if chunk is None:
                return

    async def _said(self, response: httpx.Response, deadline: float) -> bytes:
        try:
            return await self._read(response, deadline, limit=MAX_FAULT_BYTES)
        except (MalformedReply, httpx.TransportError):
            return b""

    async def _read(self, response: httpx.Response, deadline: float, *, limit: int) -> bytes:
        data = b""
        with anyio.fail_after(self._left(deadline)):
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > limit:
                    raise MalformedReply(f"the reply has more than {limit} bytes")
        return data

    def _left(self, deadline: float) -> float:
        return max(0.0, deadline - self._patience.clock())
