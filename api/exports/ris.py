"""References as RIS, in UTF-8 (Research Information Systems' tagged format, 2011)."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from api.exports.references import Reference, one_line

MEDIA_TYPE = "application/x-research-info-systems"
TYPE = "NEWS"

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def ris(references: Sequence[Reference], *, accessed: date) -> str:
    """A record for each reference; what is unknown is left out. Lines end with CR LF."""
    lines = [line for reference in references for line in _record(reference, accessed)]
    return "".join(f"{line}\r\n" for line in lines)


def _record(reference: Reference, accessed: date) -> Iterator[str]:
    yield f"TY  - {TYPE}"
    for tag, value in _fields(reference, accessed):
        # On one line, or a line of the text would be a tag of its own.
        line = _CONTROL.sub("", one_line(value))
        if line:
            yield f"{tag}  - {line}"
    yield "ER  - "


def _fields(reference: Reference, accessed: date) -> Iterator[tuple[str, str]]:
    header = reference.header
    yield "ID", header.id
    yield "TI", header.title
    yield from (("AU", author) for author in header.authors)
    yield "T2", header.source or ""
    if header.published_at is not None:
        day = header.published_at.date()
        yield "PY", f"{day.year:04d}"
        yield "DA", _date(day)
    yield "Y2", _date(accessed)
    yield "UR", header.url or ""
    yield "LA", header.language
    yield from (("KW", tag) for tag in header.tags)
    yield from (("N1", quote.note) for quote in reference.quotes)


def _date(day: date) -> str:
    """As the format wants it: YYYY/MM/DD/other."""
    return day.isoformat().replace("-", "/") + "/"
