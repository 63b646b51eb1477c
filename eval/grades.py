"""The grades that a judge may give a passage, and from which on it counts as relevant."""

from dataclasses import dataclass
from typing import NamedTuple


class ItemKey(NamedTuple):
    """What is judged: a passage of an article, for a topic."""

    topic_id: str
    article_id: str
    passage_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One step of the scale, as judges see it."""

    value: int
    label: str
    meaning: str


GRADES = (
    Grade(value=0, label="Not relevant", meaning="it does not help to answer the question"),
    Grade(value=1, label="Partly", meaning="it answers a part, or only with what one must add"),
    Grade(value=2, label="Relevant", meaning="it answers the question, among other things"),
    Grade(value=3, label="Fully", meaning="it answers the whole question, directly"),
)
"""The scale, lowest first.

Four steps as in the Deep Learning track (Craswell et al. 2020, "Overview of the TREC 2019 deep
learning track", section 3.3), with another meaning of 1: there it is not relevant to measures
that know only two grades; here it is.
"""

RELEVANT = 1
"""The lowest grade that counts as relevant, as AP, R and RR take it."""

ALLOWED = ", ".join(str(grade.value) for grade in GRADES)
"""As messages tell it."""


def parse_grade(cell: str) -> int | None:
    """The grade in a cell, in digits of any script; None if the cell is empty.

    >>> parse_grade(" ٣ ")
    3

    Raises:
        ValueError: it is no grade of the scale.
    """
    text = cell.strip()
    if not text:
        return None
    # A length first: int() of many digits is slow, and refuses thousands of them.
    if len(text) == 1 and text.isdecimal() and int(text) < len(GRADES):
        return int(text)
    raise ValueError(f"grade {cell!r}: {ALLOWED} or nothing is allowed")
