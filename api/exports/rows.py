"""Search results as rows: JSON lines for programs, CSV for spreadsheets."""

import csv
import io
from collections.abc import Sequence

from api.schemas.search import SearchResultOut

BOM = "\ufeff"
"""Begins a CSV: without it, Excel reads UTF-8 as something else."""

COLUMNS = (
    "rank",
    "score",
    "article_id",
    "title",
    "source",
    "published_at",
    "language",
    "section",
    "authors",
    "tags",
    "url",
    "start",
    "end",
    "heading",
    "text",
)

_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a spreadsheet may take for the beginning of a formula (OWASP, "CSV Injection"), the wide
forms of East Asian keyboards among them."""


def as_ndjson(results: Sequence[SearchResultOut]) -> str:
    """A JSON object a line, each as in the JSON response."""
    return "".join(f"{result.model_dump_json()}\n" for result in results)


def as_csv(results: Sequence[SearchResultOut]) -> str:
    """A head and a row for each result (RFC 4180), in UTF-8 with a byte order mark.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    written = io.StringIO(newline="")
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for result in results:
        rows.writerow([_cell(value) for value in _values(result)])
    return BOM + written.getvalue()


def _values(result: SearchResultOut) -> tuple[str | float | None, ...]:
    article, passage = result.article, result.passage
    published = article.published_at
    return (
        result.rank,
        result.score,
        article.id,
        article.title,
        article.source,
        None if published is None else published.isoformat().replace("+00:00", "Z"),
        article.language,
        article.section,
        "; ".join(article.authors),
        "; ".join(article.tags),
        article.url,
        passage.start,
        passage.end,
        passage.heading,
        passage.text,
    )


def _cell(value: str | float | None) -> str | float:
    if not isinstance(value, str):
        return "" if value is None else value
    return f"'{value}" if value.lstrip(" \u00a0\u3000")[:1] in _FORMULA else value
