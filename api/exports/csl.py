"""References as CSL-JSON (Citation Style Language 1.0.2, schema csl-data)."""

import json
from collections.abc import Sequence
from datetime import date

from api.exports.references import Reference

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"
TYPE = "article-newspaper"


def csl_json(references: Sequence[Reference], *, accessed: date) -> str:
    """A JSON array with an item for each reference; what is unknown is left out."""
    items = [_item(reference, accessed) for reference in references]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(reference: Reference, accessed: date) -> dict[str, object]:
    header = reference.header
    published = header.published_at
    item = {
        "id": header.id,
        "type": TYPE,
        "title": header.title,
        # Which part of a name is the family's is not known: nothing is made up.
        "author": [{"literal": author} for author in header.authors],
        "container-title": header.source,
        "section": header.section,
        "issued": None if published is None else _date(published.date()),
        "accessed": _date(accessed),
        "URL": header.url,
        "language": header.language,
        "keyword": ", ".join(header.tags),
        "note": "\n".join(quote.note for quote in reference.quotes),
    }
    return {name: value for name, value in item.items() if value}


def _date(day: date) -> dict[str, object]:
    return {"date-parts": [[day.year, day.month, day.day]]}
