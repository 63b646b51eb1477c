"""What the words around a figure make of it: a share, a time of day, an approximation."""

import re
from collections.abc import Iterator, Sequence

from retrieval.verification.quantity import Quantity, Reading
from retrieval.verification.units import unit_beside

_PERCENT_AFTER = re.compile(
    r"\s*(?:[%٪]|per ?cent\b|pct\b|في ال?ما?[يئ]ه|ب?الما?[يئ]ه|pour cent\b|por ciento\b"
    r"|процент\w*|درصد)"
)
_PERCENT_BEFORE = re.compile(r"(?:[%٪]|\byuzde|百分之)\s*$")
_TENTHS_AFTER = re.compile(r"\s*成")
_AFTERNOON = re.compile(
    r"\s*(?:p\.? ?m\b|in the (?:afternoon|evening)|عصرا|مساء|ليلا|ظهرا|بعد الظهر"
    r"|de l'apres-midi|du soir|de la (?:tarde|noche)|дня|вечера)"
)
_MORNING = re.compile(r"\s*(?:a\.? ?m\b|in the morning|صباحا|فجرا|du matin|de la manana|утра)")
_APPROXIMATE = re.compile(
    r"\b(?:about|around|nearly|almost|roughly|some|approximately|close to|more than|over|at least"
    r"|less than|fewer than|under|up to|نحو|حوالي|قرابه|زهاء|تقريبا|اكثر من|ما يزيد علي|يناهز"
    r"|environ|quelque|quelques|pres de|plus de|moins de|unos|unas|cerca de|casi|mas de"
    r"|alrededor de|yaklasik|около|почти|более|примерно)\s(?:\S+\s){0,2}$|[约近超]\S?$"
)
_ONE_IN = re.compile(
    r"\b(?:one|1) (?:in|out of)(?: every)? $|\bواحد من (?:بين )?كل $|\bun[oe]? (?:sur|de cada) $"
    r"|\b(?:один|одна|одного) из $"
)
_NOON = 12 * 60


def make_quantity(
    text: str,
    start: int,
    end: int,
    *,
    values: Sequence[float] = (),
    shares: Sequence[float] = (),
    clock: int | None = None,
    spelled: bool = False,
) -> Quantity:
    """The figure at `text[start:end]`: one of `values`, `shares` or minutes by the `clock`."""
    before, after = text[:start], text[end:]
    readings: set[Reading] = {("share", round(share, 4)) for share in shares}
    is_percent = _PERCENT_AFTER.match(after) or _PERCENT_BEFORE.search(before)
    unit = None if is_percent else unit_beside(before, after)
    if clock is not None:
        readings.add(("time", float(clock % _NOON if _AFTERNOON.match(after) else clock)))
        readings.update(_clock_readings(clock / 60, after))
    elif values and _TENTHS_AFTER.match(after):
        readings.update(("share", round(value / 10, 4)) for value in values)
    elif is_percent:
        readings.update(("share", round(value / 100, 6)) for value in values)
    else:
        readings.update(("number", float(value)) for value in values)
        readings.update(reading for value in values for reading in _clock_readings(value, after))
        if _ONE_IN.search(before):
            readings.update(("share", round(1 / value, 4)) for value in values if value)
    percent = _PERCENT_AFTER.match(after)
    return Quantity(
        readings=frozenset(readings),
        unit=unit,
        start=start,
        end=end + percent.end() if percent and clock is None else end,
        is_approximate=bool(_APPROXIMATE.search(before)),
        is_spelled=spelled,
    )


def _clock_readings(hour: float, after: str) -> Iterator[Reading]:
    if hour > 12:
        return
    if _AFTERNOON.match(after):
        yield "time", float(hour % 12 * 60 + _NOON)
    elif _MORNING.match(after):
        yield "time", float(hour % 12 * 60)
