"""Questions put to a running server, because it owns the embedded store."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from core.errors import InputError, StoreUnavailable

TIMEOUT_S = 60.0


class RemoteSanad:
    """The API of a running server, as the command needs it; bodies are the wire shapes."""

    def __init__(self, url: str) -> None:
        self._url = url

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON answer to `body`.

        Raises:
            InputError: the server refused the request; the message is its own.
            StoreUnavailable: the server did not answer or failed.
        """
        with self._asked(), self._client() as client:
            answer: dict[str, Any] = self._checked(client.post(path, json=body)).json()
        return answer

    def post_for_text(self, path: str, body: dict[str, Any]) -> str:
        """The answer to `body` as text; the same faults as `post`."""
        with self._asked(), self._client() as client:
            return self._checked(client.post(path, json=body)).text

    def stream(self, path: str, *, accept: str) -> Iterator[bytes]:
        """The body at `path` as it comes; the same faults as `post`, also on the way."""
        with (
            self._asked(),
            self._client() as client,
            client.stream("GET", path, headers={"Accept": accept}) as response,
        ):
            if response.is_error:
                response.read()
            self._checked(response)
            yield from response.iter_bytes()

    def _client(self) -> httpx.Client:
        # trust_env off: a proxy of the environment has no business between us and loopback.
        return httpx.Client(base_url=self._url, timeout=TIMEOUT_S, trust_env=False)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except (httpx.HTTPError, ValueError) as exc:
            raise StoreUnavailable(
                f"the server at {self._url} does not answer: is it still starting or stopping? "
                "try again, or stop it"
            ) from exc

    def _checked(self, response: httpx.Response) -> httpx.Response:
        if not response.is_error:
            return response
        problem: dict[str, Any] = response.json()
        if response.is_client_error:
            raise InputError(str(problem.get("detail") or problem.get("title")))
        raise StoreUnavailable(
            f"the server at {self._url} failed: {problem.get('title', response.status_code)}"
        )
