"""Says in plain words what is wrong with a record; no library's message reaches the report."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from indexing.display import shown

MAX_SHOWN = 3

_EXPECTED = {
    "string_type": "a text",
    "datetime_type": "a text with an ISO 8601 date",
    "tuple_type": "a list",
    "list_type": "a list",
    "model_type": "an object",
    "dict_type": "an object",
}


def explain(error: ValidationError) -> str:
    """Each wrong field and why, the first few of them, in the order of the schema."""
    details = error.errors(include_url=False)
    lines = [f"{_place(detail)}{_reason(detail)}" for detail in details[:MAX_SHOWN]]
    if len(details) > MAX_SHOWN:
        lines.append(f"and {len(details) - MAX_SHOWN} more")
    return "; ".join(lines)


def _place(detail: ErrorDetails) -> str:
    """The field as a path, "corrections[0].at ", with a space after it."""
    path = ""
    for part in detail["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return f"{path} "


def _reason(detail: ErrorDetails) -> str:
    kind, given = detail["type"], detail["input"]
    context = detail.get("ctx", {})
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return "is not a known key"
    if kind in _EXPECTED:
        return f"is {shown(given)}; it must be {_EXPECTED[kind]}"
    if kind == "enum":
        return f"is {shown(given)}; it must be {context['expected']}"
    if kind == "string_too_short":
        return "is empty"
    if kind == "string_too_long":
        return f"has {len(given):,} characters; at most {context['max_length']:,} are allowed"
    if kind == "too_long":
        return f"has {len(given):,} items; at most {context['max_length']:,} are allowed"
    return str(context.get("error", f"is {shown(given)}, which is not valid"))
