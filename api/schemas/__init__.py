"""The wire contract: pydantic models of requests and responses, without any HTTP.

`sanad ask --json` and `sanad search --json` print the very same models.
"""

from api.schemas.answers import AnswerOut
from api.schemas.search import SearchOut

__all__ = ["AnswerOut", "SearchOut"]
