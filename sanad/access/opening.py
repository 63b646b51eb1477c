"""Opens what decides who may ask, as settings and files have it, or says why it cannot be."""

import math
import secrets
from collections import Counter
from datetime import timedelta

from pydantic import SecretStr

from api.access.access import Access
from api.access.asking import PublicAsking
from api.access.counters import open_counters
from api.access.keys import KeyRing
from api.access.origins import fault_of_origin, is_loopback
from api.access.sites import Site, Sites
from api.access.tokens import VisitorTokens
from core.errors import ConfigError
from core.settings import Settings
from sanad.access.asking_file import AskingFile
from sanad.access.site_file import read_sites
from sanad.clock import utc_now

SITES_NAME = "sites.yaml"
"""In the data folder, where no setting names a file."""

MIN_SECRET_CHARS = 32
MAX_SECRET_CHARS = 1_000
MIN_SECRET_BITS = 90
"""By the frequencies of its own characters: 32 random hexadecimal digits have some 115."""

PLACEHOLDERS = (
    *("changeme", "change-me", "change_me", "changethis", "secret", "password", "placeholder"),
    *("example", "insecure", "default", "your-", "your_", "qwerty", "abcdefgh", "12345678"),
    "sanad",
)
"""What stands in secrets that nobody drew, in lower case."""

REMEDY = "set it to what `python -c 'import secrets; print(secrets.token_urlsafe(48))'` prints"


def open_access(settings: Settings, *, keys: KeyRing) -> Access:
    """Who may ask, as `settings` have it, and the files that they name.

    Raises:
        ConfigError: a secret is none, an origin is not one, the file of sites is wrong, or there
            is no such store of budgets.
        StoreUnavailable: a file cannot be read.
    """
    for origin in settings.cors_origins:
        fault = fault_of_origin(origin)
        if fault is not None:
            raise ConfigError(f"SANAD_CORS_ORIGINS: {origin!r} {fault}")
    is_for_owner = settings.environment == "development" and is_loopback(settings.host)
    sites = _read_sites(settings)
    secret = _secret(settings)
    return Access(
        keys=keys,
        tokens=VisitorTokens(
            secret=secret,
            previous=_checked_secret("SANAD_SECRET_PREVIOUS", settings.secret_previous),
            lifetime=timedelta(seconds=settings.visitor_token_s),
            now=utc_now,
        ),
        sites=Sites(sites, with_own_pages=is_for_owner and not sites),
        asking=PublicAsking(
            counters=open_counters(settings.limits_url.get_secret_value(), secret=secret),
            switch=AskingFile(settings.data_dir, setting=settings.asking == "on"),
            is_enforced=settings.limits_mode == "enforce",
            now=utc_now,
        ),
        cors_origins=frozenset(settings.cors_origins),
        trusted_proxies=settings.trusted_proxies,
        is_for_owner=is_for_owner and not sites,
        now=utc_now,
    )


def _read_sites(settings: Settings) -> list[Site]:
    path = settings.sites or settings.data_dir / SITES_NAME
    if settings.sites is None and not path.exists():
        return []
    return read_sites(path)


def _secret(settings: Settings) -> str:
    """The one that is given, or in development one that lasts as long as this process."""
    secret = _checked_secret("SANAD_SECRET", settings.secret)
    if secret is None and settings.environment == "production":
        raise ConfigError(f"SANAD_ENVIRONMENT=production needs SANAD_SECRET: {REMEDY}")
    return secret or secrets.token_urlsafe(MIN_SECRET_CHARS)


def _checked_secret(name: str, given: SecretStr | None) -> str | None:
    """The secret; None if there is none.

    Raises:
        ConfigError: it is no secret; the message does not show it.
    """
    secret = "" if given is None else given.get_secret_value()
    if not secret:
        return None
    fault = fault_of_secret(secret)
    if fault is not None:
        raise ConfigError(f"{name} {fault}: {REMEDY}")
    return secret


def fault_of_secret(secret: str) -> str | None:
    """Why `secret` is none that could not be guessed, as a phrase; None if it could not."""
    if not MIN_SECRET_CHARS <= len(secret) <= MAX_SECRET_CHARS:
        return f"has {len(secret)} characters; {MIN_SECRET_CHARS} to {MAX_SECRET_CHARS} are needed"
    if any(word in secret.lower() for word in PLACEHOLDERS):
        return "is a placeholder, or holds a word that everybody tries first"
    if _bits(secret) < MIN_SECRET_BITS:
        return "repeats itself, so that it can be guessed"
    return None


def _bits(text: str) -> float:
    """Shannon's entropy by the frequencies of the characters in `text`, for all of them."""
    total = len(text)
    return -sum(count * math.log2(count / total) for count in Counter(text).values())
