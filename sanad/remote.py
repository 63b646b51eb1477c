"""Questions put to a running server, because it owns the embedded store."""

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
        try:
            # trust_env off: a proxy of the environment has no business between us and loopback.
            with httpx.Client(base_url=self._url, timeout=TIMEOUT_S, trust_env=False) as client:
                response = client.post(path, json=body)
                answer: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as exc:
            raise StoreUnavailable(
                f"the server at {self._url} does not answer: is it still starting or stopping? "
                "try again, or stop it"
            ) from exc
        if response.is_client_error:
            raise InputError(str(answer.get("detail") or answer.get("title")))
        if response.is_error:
            raise StoreUnavailable(
                f"the server at {self._url} failed: {answer.get('title', response.status_code)}"
            )
        return answer
