"""The cursor of a search: what was shown so far, so that the next page gives what was not.

It holds no place in a list, which would move while the archive changes, but digests of the results
themselves: no page repeats one, and an article withdrawn or published meanwhile shifts none.
"""

import json
from collections.abc import Iterable

from api.cursors import content_of, cursor_of
from core.errors import InvalidCursor
from retrieval.query import MAX_SHOWN, SearchQuery, SearchResults
from retrieval.shown import DIGEST_BYTES, digest_of


def next_cursor(query: SearchQuery, results: SearchResults) -> str | None:
    """For the page behind `results`; None at the end, and once MAX_SHOWN results were shown.

    None as well where an offset skipped some: they were not shown, and would come next.
    """
    shown = query.shown.union(digest_of(hit, query.group_by) for hit in results.hits)
    if not results.has_more or query.offset or len(shown) >= MAX_SHOWN:
        return None
    return cursor_of(_packed(shown), given_for=_named(query))


def shown_before(cursor: str, query: SearchQuery) -> frozenset[int]:
    """What the pages before `cursor` gave of `query`.

    Raises:
        InvalidCursor: it was given for another query, or is damaged.
    """
    content = content_of(cursor, given_for=_named(query))
    if len(content) % DIGEST_BYTES or len(content) > MAX_SHOWN * DIGEST_BYTES:
        raise InvalidCursor("the cursor is of another version: begin with the first page again")
    places = range(0, len(content), DIGEST_BYTES)
    return frozenset(
        int.from_bytes(content[place : place + DIGEST_BYTES], "big") for place in places
    )


def _packed(shown: Iterable[int]) -> bytes:
    return b"".join(digest.to_bytes(DIGEST_BYTES, "big") for digest in sorted(shown))


def _named(query: SearchQuery) -> str:
    """A text for everything in which two searches differ, but for the size of their pages."""
    where = {name: getattr(query.where, name) for name in query.where.__dataclass_fields__}
    parts = [query.text, query.mode, query.group_by, where]
    return f"search\x1f{json.dumps(parts, default=str, sort_keys=True)}"
