"""Single values of the article schema: what is accepted, how it is normalised, why refused.

Validators raise ValueError, as pydantic asks.
"""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import BeforeValidator, Field

from indexing.display import display_line, impossible_character, shown

MAX_ID_CHARS = 200
MAX_TITLE_CHARS = 1_000
MAX_URL_CHARS = 2_000
MAX_FIELD_CHARS = 200
MAX_ITEMS = 100
MAX_CORRECTION_CHARS = 5_000
YEARS = range(1600, 2201)
"""The first newspaper is of 1605; a year outside is a typing error or a spoiled field."""

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def check_article_id(article_id: str) -> None:
    """Refuse an id that could not be stored, shown and asked for again.

    Raises:
        ValueError: it is empty or too long, or holds control characters, line ends, lone
            surrogates, or white space at an end.
    """
    if not 1 <= len(article_id) <= MAX_ID_CHARS:
        raise ValueError(f"has {len(article_id)} characters; 1 to {MAX_ID_CHARS} are allowed")
    if any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in article_id):
        raise ValueError(f"{shown(article_id)} holds a control character or a lone surrogate")
    if article_id != article_id.strip():
        raise ValueError(f"{shown(article_id)} begins or ends with white space: remove it")


def _article_id(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    if isinstance(value, str):
        check_article_id(value)
    return value


def _line(value: object) -> object:
    if not isinstance(value, str):
        return value
    reason = impossible_character(value)
    if reason is not None:
        raise ValueError(reason)
    return display_line(value)


def _lines(value: object) -> object:
    """Each text on one line, empty and repeated ones dropped."""
    if not isinstance(value, list):
        return value
    for item in value:
        if not isinstance(item, str):
            raise ValueError(f"holds {shown(item)}; only texts are allowed")  # noqa: TRY004
    return tuple(dict.fromkeys(line for line in map(_line, value) if line))


def _authors(value: object) -> object:
    return _lines([value] if isinstance(value, str) else value)


def _language(value: object) -> object:
    if not isinstance(value, str):
        return value
    tag = value.strip()
    if tag.lower() in {"", "auto", "und"}:
        return None
    match = _LANGUAGE.match(tag)
    if match is None:
        raise ValueError(f'{shown(value)} is not a language tag: write for example "ar" or "en-GB"')
    return match.group(1).lower()


def _time(value: object) -> object:
    if not isinstance(value, str):
        return value
    time = _parsed_time(value.strip())
    if time is None:
        raise ValueError(
            f"{shown(value)} is not an ISO 8601 date or time: "
            "write for example 2024-06-19 or 2024-06-19T09:30:00+03:00"
        )
    if time.year not in YEARS:
        raise ValueError(f"year {time.year} is outside {YEARS[0]} to {YEARS[-1]}")
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _parsed_time(text: str) -> datetime | None:
    if _DATE.match(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _url(value: object) -> object:
    if not isinstance(value, str):
        return value
    # Feeds write addresses with letters of any script, which stay, and with raw spaces.
    url = "".join(quote(c) if c.isspace() else c for c in value.strip())
    if not _is_web_address(url):
        raise ValueError(f"{shown(value)} is not an http or https address")
    return url


def _is_web_address(url: str) -> bool:
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in url):
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


ArticleId = Annotated[str, BeforeValidator(_article_id)]
Title = Annotated[str, Field(max_length=MAX_TITLE_CHARS), BeforeValidator(_line)]
Line = Annotated[str, Field(max_length=MAX_FIELD_CHARS), BeforeValidator(_line)]
Lines = Annotated[tuple[Line, ...], Field(max_length=MAX_ITEMS), BeforeValidator(_lines)]
Authors = Annotated[tuple[Line, ...], Field(max_length=MAX_ITEMS), BeforeValidator(_authors)]
LanguageTag = Annotated[str | None, BeforeValidator(_language)]
"""None: to be identified."""
Address = Annotated[str, Field(max_length=MAX_URL_CHARS), BeforeValidator(_url)]
Time = Annotated[datetime, BeforeValidator(_time)]
CorrectionText = Annotated[
    str, Field(min_length=1, max_length=MAX_CORRECTION_CHARS), BeforeValidator(_line)
]
