"""Where the next page of results begins."""

from api.schemas.search import SearchOut
from retrieval.query import MAX_LIMIT, MAX_OFFSET

PAGE = MAX_LIMIT
"""Results of one page."""


def next_offset(offset: int, found: SearchOut) -> int | None:
    """The offset after the page `found` at `offset`; None if it is the last one."""
    after = offset + PAGE
    return after if len(found.results) == PAGE and after <= MAX_OFFSET else None
