"""Where a client's requests go, and what goes with every one of them."""

import os
from dataclasses import dataclass, field

import httpx

from core.errors import InputError

DEFAULT_URL = "http://127.0.0.1:8000"
API_KEY = "SANAD_API_KEY"
"""The environment variable that a client takes its key from."""

CONNECT_TIMEOUT_S = 10.0
TIMEOUT_S = 60.0
"""Of silence: a streamed answer is kept alive by a comment every 10 s."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What an HTTP client is made with; the key is in no message and no repr."""

    address: httpx.URL
    timeout: httpx.Timeout
    headers: dict[str, str] = field(repr=False)

    @property
    def trust_env(self) -> bool:
        """Whether proxies of the environment apply: they have no business with loopback."""
        return self.address.host not in _LOOPBACK


def connection_to(url: str, *, api_key: str | None, timeout_s: float) -> Connection:
    """The connection to the server at `url`; without `api_key` it is taken from SANAD_API_KEY.

    Raises:
        InputError: `url` is no address, or the key cannot be sent.
    """
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if address.scheme not in {"http", "https"} or not address.host:
        raise InputError(f"{url} is no address: give one such as {DEFAULT_URL}")
    key = os.environ.get(API_KEY) if api_key is None else api_key
    headers = {"User-Agent": "sanad-client"}
    if key:
        if not (key.isascii() and key.isprintable()):
            raise InputError("the key holds characters that no header can carry: copy it anew")
        headers["Authorization"] = f"Bearer {key}"
    return Connection(
        address=address,
        timeout=httpx.Timeout(timeout_s, connect=min(timeout_s, CONNECT_TIMEOUT_S)),
        headers=headers,
    )
