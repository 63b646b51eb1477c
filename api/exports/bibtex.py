"""References as BibTeX, in UTF-8: for BibTeX itself and for biblatex."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from urllib.parse import quote as percent_encode

from api.exports.references import Reference, one_line

MEDIA_TYPE = "application/x-bibtex"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_COMMANDS = {
    "\\": r"\textbackslash{}",
    # BibTeX counts braces even behind a backslash, so none may stand alone.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{mark: f"\\{mark}" for mark in "$&%#_"},
}
_SPECIAL = re.compile("[" + re.escape("".join(_COMMANDS)) + "]")

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

_KEY_CHARS = 40
_URL_MARKS = ":/?#[]@!$&'()*+,;=-._~%"


def bibtex(references: Sequence[Reference], *, accessed: date) -> str:
    """An entry for each reference; what is unknown is left out."""
    return "\n".join(_entry(reference, accessed) for reference in references)


def _entry(reference: Reference, accessed: date) -> str:
    header = reference.header
    day = None if header.published_at is None else header.published_at.date()
    fields = {
        # In braces of its own, so that no style changes its capitals.
        "title": f"{{{_text(header.title)}}}",
        # Each name in braces, so that none is parted at a comma or an "and".
        "author": " and ".join(f"{{{_text(author)}}}" for author in header.authors),
        "journal": _text(header.source or ""),
        "year": "" if day is None else f"{day.year:04d}",
        "date": "" if day is None else day.isoformat(),
        "url": "" if header.url is None else percent_encode(header.url, safe=_URL_MARKS),
        "urldate": accessed.isoformat(),
        "language": header.language,
        "keywords": ", ".join(_text(tag).replace(",", " ") for tag in header.tags),
        "note": " ".join(_text(quote.note) for quote in reference.quotes),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    if day is not None:
        lines.append(f"  month = {_MONTHS[day.month - 1]},")
    kind = "article" if header.source else "misc"
    return "\n".join([f"@{kind}{{{citation_key(header.id)},", *lines, "}"]) + "\n"


def citation_key(article_id: str) -> str:
    """A key for `article_id` in ASCII letters, digits and hyphens; other ids give other keys.

    >>> citation_key("almadar-2024")
    'almadar-2024'
    >>> citation_key("خبر/7")
    '7-80c5c72d'
    """
    kept = re.sub("[^A-Za-z0-9]+", "-", article_id).strip("-")[:_KEY_CHARS]
    if kept == article_id:
        return kept
    digest = hashlib.sha256(article_id.encode("utf-8")).hexdigest()[:8]
    return f"{kept}-{digest}".lstrip("-")


def _text(text: str) -> str:
    plain = _CONTROL.sub("", one_line(text))
    return _SPECIAL.sub(lambda match: _COMMANDS[match[0]], plain)
