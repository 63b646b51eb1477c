"""Why a result stands where it stands, as lines for people at a terminal."""

from textwrap import wrap

from api.schemas.explanation import ContributionOut, ExplanationOut

WIDTH = 80
"""Columns that every line keeps within."""

_INDENT = 4
_NAME = 13
_SUM = 18
"""Room for "+0.75 = +0.25 x 3"; what is longer moves its note."""

_NOTE = _INDENT + _NAME + _SUM


def explanation_lines(explain: ExplanationOut, *, score: float, language: str) -> list[str]:
    """The score and what adds up to it, a part a line, each with where it comes from.

    No text of an article is among them, so they read from left to right whatever the archive is.

    Args:
        explain: Of the result.
        score: Of the result.
        language: Of the passage.
    """
    head = (
        f"score {score:.2f}: question in {explain.question_language}, passage in {language}, "
        f"place {explain.fused_rank} of passages"
    )
    if explain.reranker_rank is not None:
        head += f", {explain.reranker_rank} reranked"
    lines = _wrapped(" " * _INDENT + head, hanging=_INDENT * 2)
    for part in explain.contributions:
        lines += _part_lines(part)
    return lines


def _part_lines(part: ContributionOut) -> list[str]:
    adds = f"{part.adds:+.2f}"
    if part.weight != 1:
        adds += f" = {part.value:+.2f} x {part.weight:g}"
    begin = f"{'':{_INDENT}}{part.name:<{_NAME - 1}} {adds:<{_SUM - 1}} "
    return _wrapped(begin + part.note, hanging=_NOTE)


def _wrapped(text: str, *, hanging: int) -> list[str]:
    return wrap(text, WIDTH, subsequent_indent=" " * hanging)
