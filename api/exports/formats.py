"""The forms in which citations are exported, by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from api.exports import bibtex, csl, ris
from api.exports.references import Reference, references
from core.types import Citation


class CitationFormat(StrEnum):
    """What a bibliography program reads."""

    CSL_JSON = "csl-json"
    BIBTEX = "bibtex"
    RIS = "ris"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How one format is written, declared and named."""

    write: Callable[..., str]
    media_type: str
    suffix: str


FORMS = {
    CitationFormat.CSL_JSON: Form(write=csl.csl_json, media_type=csl.MEDIA_TYPE, suffix=".json"),
    CitationFormat.BIBTEX: Form(write=bibtex.bibtex, media_type=bibtex.MEDIA_TYPE, suffix=".bib"),
    CitationFormat.RIS: Form(write=ris.ris, media_type=ris.MEDIA_TYPE, suffix=".ris"),
}


def written(citations: Sequence[Citation], *, form: CitationFormat, accessed: date) -> str:
    """`citations` in the format `form`: one entry for each article, with its quotes."""
    found: list[Reference] = references(citations)
    return FORMS[form].write(found, accessed=accessed)
