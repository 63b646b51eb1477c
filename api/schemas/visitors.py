"""Visitors on the wire: a page names its site and gets a token for its reader."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.schemas.fields import RequestModel, ResponseModel, UtcTime
from api.schemas.shown import Words

SITE_ID = r"^[a-z0-9][a-z0-9_-]{0,62}$"


class VisitorIn(RequestModel):
    """A page that wants to ask."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"site": "almadar"}]})

    site: Annotated[str, Field(max_length=63, pattern=SITE_ID)] = Field(
        description="Public id of the site that the page belongs to.", examples=["almadar"]
    )


class VisitorOut(ResponseModel):
    """A token for the reader of the page, to be sent as `Authorization: Bearer`."""

    token: Words = Field(
        description="Good for questions and feedback from pages of this origin, until it expires."
    )
    token_type: Literal["Bearer"] = Field(default="Bearer", description="As RFC 6750 has it.")
    expires_at: UtcTime = Field(description="From then on it is refused.")
    expires_in: int = Field(ge=0, description="Seconds until then.")
