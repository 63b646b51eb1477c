"""All that decides who may ask, opened once with the other services."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from api.access.address import Network
from api.access.asking import PublicAsking
from api.access.keys import KeyRing
from api.access.sites import Sites
from api.access.tokens import VisitorTokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may ask.

    Attributes:
        keys: Of programs.
        tokens: Of visitors.
        sites: Whose pages may ask.
        asking: How much they may.
        cors_origins: Whose pages may call the internal routes, with a key.
        is_for_owner: Whether the server is on a developer's machine: as long as there is no key,
            who comes without credentials is its owner.
        trusted_proxies: Whose word is taken for the address of a sender.
        now: The clock.
    """

    keys: KeyRing
    tokens: VisitorTokens
    sites: Sites
    asking: PublicAsking
    now: Callable[[], datetime]
    cors_origins: frozenset[str] = frozenset()
    trusted_proxies: tuple[Network, ...] = ()
    is_for_owner: bool = False
