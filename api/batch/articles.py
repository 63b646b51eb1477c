"""From a line of an upload to an article, or to the problem that keeps it from being one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import ValidationError

from api.batch.lines import Line
from api.errors import problem_of, validation_problem
from api.json_body import parse_json
from api.problem_kinds import INVALID_REQUEST, LINE_TOO_LONG
from api.problems import Problem
from api.schemas.articles import ArticleIn
from api.schemas.fields import fault_of_id
from core.errors import ArticleRejected
from core.types import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLine:
    """What line `number` holds: an article, or why it holds none; `id` as far as it is known."""

    number: int
    id: str | None
    read: Article | Problem


def read_line(line: Line, *, max_line_bytes: int, max_body_chars: int) -> ReadLine:
    """The article that `line` holds, within the same bounds as one that is sent alone."""
    article_id = None
    try:
        value = _value(line, max_bytes=max_line_bytes)
        article_id = _id_of(value)
        read: Article | Problem = _article(value, max_body_chars=max_body_chars)
    except Problem as exc:
        read = exc
    except ArticleRejected as exc:
        read = problem_of(exc)
    except ValidationError as exc:
        found = exc.errors(include_url=False, include_input=False)
        read = validation_problem([{**error, "loc": ("line", *error["loc"])} for error in found])
    return ReadLine(number=line.number, id=article_id, read=read)


def _value(line: Line, *, max_bytes: int) -> object:
    if line.data is None:
        raise Problem(LINE_TOO_LONG, f"the line has more than {max_bytes} bytes")
    return parse_json(line.data, is_line=True)


def _article(value: object, *, max_body_chars: int) -> Article:
    given = ArticleIn.model_validate(value)
    if given.id is None:
        raise Problem(INVALID_REQUEST, "#/id: every line needs the id of its article")
    return given.to_article(given.id, max_body_chars=max_body_chars)


def apart(lines: Iterable[ReadLine]) -> Iterator[list[ReadLine]]:
    """`lines` in order, parted so that no part holds two articles of one id: the later one wins."""
    part: list[ReadLine] = []
    ids: set[str] = set()
    for line in lines:
        if isinstance(line.read, Article):
            if line.read.id in ids:
                yield part
                part, ids = [], set()
            ids.add(line.read.id)
        part.append(line)
    if part:
        yield part


def _id_of(value: object) -> str | None:
    """The id as the sender knows it, if it can be one."""
    given = value.get("id") if isinstance(value, dict) else None
    if not isinstance(given, str) or fault_of_id(given) is not None:
        return None
    return None if any(map(_is_surrogate, given)) else given


def _is_surrogate(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"
