"""Words and figures of a text with their exact places: what a short answer is made of.

A figure stays whole: a number with its scale, unit, currency or percent sign, and a date with its
month and year. So no mark ever says "2.07" of "2.07 million" or "5 June" of "5 June 2024".
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from core.lexical.segments import is_unspaced, segmented
from core.ports import TokenLocator
from core.text import fold

_LETTER = "(?:[^\\W_]|[\u0300-\u036f\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff\u200c\u200d])"
_RUN = re.compile(
    rf"[^\W_]{_LETTER}*"
    rf"(?:(?:(?<=\d)[.,٫٬/:–-](?=\d)|(?<=[^\W\d_])['’‐·&.-](?=[^\W_])|(?<=\d)[‐-](?=[^\W_]))"
    rf"{_LETTER}+)*"
)
_SIGN_BEFORE = re.compile(r"(?:[$€£¥₺₽₹%٪][ \u00a0]?|百分之)$")
_HUNDREDTHS = "百分之"
_SIGN_AFTER = re.compile(r"[ \u00a0\u202f]?[%٪％‰°$€£¥₺₽₹]+")
_PERCENT_SIGN = re.compile("[%٪]|百分之|yuzde")
_MONEY_SIGN = re.compile("[$€£¥₺₽₹元]|欧元|卢布")
_NUMBER = re.compile(r"[0-9]+(?:[.,٫٬/:–‐-][0-9]+)*[½¼¾]?(?:st|nd|rd|th|s)?")
_YEAR = re.compile(r"(?:1[0-9]|20)[0-9]{2}s?")
_GAP = re.compile(r"[ \u00a0\u202f/،,-]{0,2}")
"""What may stand between the words of one figure."""

_KINDS = {
    "month": "m",
    "month_second": "o",
    "between": "b",
    "date_sign": "y",
    "scale": "s",
    "percent": "p",
    "percent_first": "i",
    "percent_second": "h",
    "percent_before": "q",
    "currency": "c",
    "measure": "u",
    "spelled": "d",
}
"""A letter for each list of unit_words.json: a text is then a string of letters."""

_NUMERAL, _WORD, _BREAK = "n", "w", "|"
_FIGURE = re.compile(
    # A date: 5 June 2024, June 5, 2024, 5 de junio de 2024, 2024年6月5日, or a month and a year.
    r"(?P<date>nb?(?:mo?){1,2}(?:b?n)?|(?:mo?){1,2}b?n{1,2}|n(?:mo?){1,2}|(?:ny){1,3})"
    # An amount: $5 million, five million euros, 45 percent, في المئة, %45, yüzde 45.
    r"|(?P<amount>c?q?(?:n|d+)s*(?:p|ih|u)?(?:b?c){0,2}|s+(?:b?c){1,2})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A word or a figure: `text[start:end]`.

    Attributes:
        start: First code point in the text.
        end: One after the last.
        folded: Its text without accents, case and variants of letters.
        kind: "number", "year", "date", "spelled" or "word".
    """

    start: int
    end: int
    folded: str
    kind: str

    @property
    def is_figure(self) -> bool:
        """Whether it is a figure, in digits or spelled out."""
        return self.kind != "word"


@lru_cache(maxsize=20_000)
def measure_of(folded: str) -> str | None:
    """Whether a folded figure is a "percent" or "money"; None for neither."""
    words = frozenset(folded.split())
    if _PERCENT_SIGN.search(folded) or words & (
        known_words("percent") | known_words("percent_second")
    ):
        return "percent"
    if _MONEY_SIGN.search(folded) or words & known_words("currency"):
        return "money"
    return None


def token_slices(
    units: Sequence[Unit], text: str, *, start: int = 0, tokens: int, locator: TokenLocator
) -> list[slice]:
    """For each of `units` its tokens, at least one, of the `tokens` of the text it was found in.

    That text is `text`, or a part of it that begins at `start`. A token belongs to the unit in
    which it ends; one that spans several, to each of them.
    """
    places = [start]
    for unit in units:
        # Nearly always a unit begins where the one before has ended, and asking costs most.
        if text[places[-1] : start + unit.start].strip():
            places.append(start + unit.start)
        places.append(start + unit.end)
    before = dict(zip(places, locator.tokens_before(text, places), strict=True))
    slices = []
    ended = start
    for unit in units:
        begin = before[start + unit.start] if start + unit.start in before else before[ended]
        ended = start + unit.end
        lowest = min(begin - before[start], max(tokens - 1, 0))
        highest = min(before[ended] - before[start], tokens)
        slices.append(slice(lowest, max(highest, lowest + 1)))
    return slices


def split_units(text: str) -> list[Unit]:
    """Words and figures of `text` in order, apart from each other.

    >>> text = "بلغت ٥ ملايين دولار في 19 يونيو/حزيران 2024"
    >>> [text[unit.start : unit.end] for unit in split_units(text)]
    ['بلغت', '٥ ملايين دولار', 'في', '19 يونيو/حزيران 2024']
    """
    places = _apart([_with_signs(text, start, end) for start, end in _words(text)])
    folded = [_folded(text[start:end]) for start, end in places]
    letters = [_letter(word) for word in folded]
    pattern, indices = "", []
    for i, letter in enumerate(letters):
        if i and not _GAP.fullmatch(text, places[i - 1][1], places[i][0]):
            pattern += _BREAK
            indices.append(i)
        pattern += letter
        indices.append(i)
    units: list[Unit] = []
    done = 0
    for figure in _FIGURE.finditer(pattern):
        first, last = indices[figure.start()], indices[figure.end() - 1]
        units += [_unit(text, places[i], kind=_kind(folded[i])) for i in range(done, first)]
        whole = (places[first][0], places[last][1])
        date = figure.lastgroup == "date"
        kind = "date" if date else _kind(folded[first]) if first == last else "number"
        units.append(_unit(text, whole, kind=kind))
        done = last + 1
    return units + [_unit(text, places[i], kind=_kind(folded[i])) for i in range(done, len(places))]


def _words(text: str) -> list[tuple[int, int]]:
    found = []
    for run in _RUN.finditer(text):
        position = run.start()
        for word in segmented(run[0]) if is_unspaced(run[0]) else [run[0]]:
            if _folded(word).strip(".,·-'’"):
                found.append((position, position + len(word)))
            position += len(word)
    return found


def _with_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """The word with the currency or percent sign that a number carries."""
    if not text[start].isdigit():
        return start, end
    before = _SIGN_BEFORE.search(text, max(0, start - 3), start)
    after = _SIGN_AFTER.match(text, end)
    return (before.start() if before else start), (after.end() if after else end)


def _apart(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Without those words that the next one has taken in, as its sign."""
    kept: list[tuple[int, int]] = []
    for place in places:
        while kept and kept[-1][1] > place[0]:
            kept.pop()
        kept.append(place)
    return kept


def _unit(text: str, place: tuple[int, int], *, kind: str) -> Unit:
    return Unit(start=place[0], end=place[1], folded=_folded(text[place[0] : place[1]]), kind=kind)


def _kind(folded: str) -> str:
    letter = _letter(folded)
    if letter == _NUMERAL:
        return "year" if _YEAR.fullmatch(folded) else "number"
    return "spelled" if letter in "ds" else "word"


@lru_cache(maxsize=20_000)
def _folded(word: str) -> str:
    return fold(word)


@lru_cache(maxsize=20_000)
def _letter(folded: str) -> str:
    bare = folded.removeprefix(_HUNDREDTHS).strip("$€£¥₺₽₹%٪‰° \u00a0\u202f")
    if _NUMBER.fullmatch(bare):
        return _NUMERAL
    return _letters().get(folded, _WORD)


@cache
def _letters() -> dict[str, str]:
    return {word: _KINDS[name] for name in reversed(list(_KINDS)) for word in known_words(name)}


@cache
def known_words(name: str) -> frozenset[str]:
    """The list `name` of unit_words.json, folded."""
    text = (files(__package__) / "unit_words.json").read_text(encoding="utf-8")
    return frozenset(map(fold, json.loads(text)[name].split()))
