"""Export of citations on the wire: places in articles, and a format."""

from pydantic import ConfigDict, Field, JsonValue, StrictInt

from api.exports.cited import CitedPlace
from api.exports.formats import CitationFormat
from api.schemas.fields import MAX_BODY_CHARS, Id, RequestModel

MAX_CITATIONS = 100

EXPORT_EXAMPLE: dict[str, JsonValue] = {
    "citations": [{"article_id": "almadar-2024-06-19-01", "start": 0, "end": 58}],
    "format": "bibtex",
}


class CitedPlaceIn(RequestModel):
    """A quote by its place, as a citation of an answer or a passage of a search gives it."""

    article_id: Id = Field(
        description="The article that is quoted.", examples=["almadar-2024-06-19-01"]
    )
    start: StrictInt = Field(
        ge=0, le=MAX_BODY_CHARS, description="First code point in its body.", examples=[0]
    )
    end: StrictInt = Field(
        ge=1, le=MAX_BODY_CHARS, description="One after the last.", examples=[58]
    )

    def to_place(self) -> CitedPlace:
        """The domain's form."""
        return CitedPlace(article_id=self.article_id, start=self.start, end=self.end)


class CitationsIn(RequestModel):
    """Quotes to be exported."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXPORT_EXAMPLE]})

    citations: tuple[CitedPlaceIn, ...] = Field(
        min_length=1,
        max_length=MAX_CITATIONS,
        description="In the order of the bibliography; an article has one entry with all its "
        "quotes.",
        examples=[EXPORT_EXAMPLE["citations"]],
    )
    format: CitationFormat = Field(
        description="csl-json (Zotero, pandoc, citeproc), bibtex (LaTeX, JabRef) or ris (EndNote, "
        "Mendeley).",
        examples=["bibtex"],
    )
