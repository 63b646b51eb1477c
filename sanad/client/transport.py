"""Sends what a client calls for, and waits: for threads, and for event loops.

Every call may be sent again: it reads, writes the same once more, or has a name (Idempotency-Key)
by which the server knows it.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import anyio
import httpx

from sanad.client.connection import connection_to
from sanad.client.errors import ClientError
from sanad.client.operations import Call, Operation
from sanad.client.replies import require_success, shown, told_apart
from sanad.client.retries import Retries

Result = TypeVar("Result")


class Transport:
    """Connections to one server; calls may be made from several threads."""

    def __init__(
        self, url: str, *, api_key: str | None, timeout_s: float, retries: Retries
    ) -> None:
        connection = connection_to(url, api_key=api_key, timeout_s=timeout_s)
        self.url = shown(connection.address)
        self._retries = retries
        self._http = httpx.Client(
            base_url=connection.address,
            timeout=connection.timeout,
            headers=connection.headers,
            trust_env=connection.trust_env,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def run(self, operation: Operation[Result]) -> Result:
        """The result of `operation`.

        Raises:
            ClientError: there is none.
        """

        def send() -> Result:
            with told_apart(self.url):
                response = self._http.send(self._request(operation.call))
            require_success(response)
            return operation.read(response)

        return self._try(send)

    @contextmanager
    def stream(self, call: Call) -> Iterator[Iterator[bytes]]:
        """The body of the response to `call` as it comes; leaving the block closes it.

        Raises:
            ClientError: the server refused or failed, also on the way.
        """
        response = self._try(lambda: self._open(call))
        try:
            with told_apart(self.url):
                yield response.iter_bytes()
        finally:
            response.close()

    def _open(self, call: Call) -> httpx.Response:
        with told_apart(self.url):
            response = self._http.send(self._request(call), stream=True)
            if not response.is_success:
                response.read()
                response.close()
        require_success(response)
        return response

    def _request(self, call: Call) -> httpx.Request:
        return self._http.build_request(
            call.method,
            call.path,
            json=call.body,
            content=call.content,
            headers=dict(call.headers),
        )

    def _try(self, send: Callable[[], Result]) -> Result:
        tried = 0
        while True:
            try:
                return send()
            except ClientError as failure:
                tried += 1
                wait_s = self._retries.wait_s(failure, tried=tried)
                if wait_s is None:
                    raise
            time.sleep(wait_s)


class AsyncTransport:
    """Connections to one server; calls may be awaited at once."""

    def __init__(
        self, url: str, *, api_key: str | None, timeout_s: float, retries: Retries
    ) -> None:
        connection = connection_to(url, api_key=api_key, timeout_s=timeout_s)
        self.url = shown(connection.address)
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=connection.address,
            timeout=connection.timeout,
            headers=connection.headers,
            trust_env=connection.trust_env,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def run(self, operation: Operation[Result]) -> Result:
        """As `Transport.run`."""

        async def send() -> Result:
            with told_apart(self.url):
                response = await self._http.send(self._request(operation.call))
            require_success(response)
            return operation.read(response)

        return await self._try(send)

    @asynccontextmanager
    async def stream(self, call: Call) -> AsyncIterator[AsyncIterator[bytes]]:
        """As `Transport.stream`."""
        response = await self._try(lambda: self._open(call))
        try:
            with told_apart(self.url):
                yield response.aiter_bytes()
        finally:
            await response.aclose()

    async def _open(self, call: Call) -> httpx.Response:
        with told_apart(self.url):
            response = await self._http.send(self._request(call), stream=True)
            if not response.is_success:
                await response.aread()
                await response.aclose()
        require_success(response)
        return response

    def _request(self, call: Call) -> httpx.Request:
        return self._http.build_request(
            call.method,
            call.path,
            json=call.body,
            content=call.content,
            headers=dict(call.headers),
        )

    async def _try(self, send: Callable[[], Awaitable[Result]]) -> Result:
        tried = 0
        while True:
            try:
                return await send()
            except ClientError as failure:
                tried += 1
                wait_s = self._retries.wait_s(failure, tried=tried)
                if wait_s is None:
                    raise
            await anyio.sleep(wait_s)
