"""The switch of the public door on the wire."""

from pydantic import ConfigDict, Field, StrictBool

from api.schemas.fields import RequestModel, ResponseModel


class AskingIn(RequestModel):
    """How the switch is to stand."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": False}]})

    on: StrictBool = Field(description="Whether visitors may ask.", examples=[False])


class AskingOut(ResponseModel):
    """How the switch stands."""

    on: bool = Field(description="Whether visitors may ask.", examples=[True])
