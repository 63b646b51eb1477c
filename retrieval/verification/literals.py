"""What digits, numerals and signs of a text stand for, however they are written."""

import re

from core.text import fold

_ADVERBIAL = re.compile("\u0627\u064b|\u064b\u0627")
_ROMAN = re.compile(r"\b(?=[IVX]{2,})(X{0,3}(?:IX|IV|V?I{0,3}))(?=e\b|\b)")
_ROMAN_VALUES = {"I": 1, "V": 5, "X": 10}

_HAN_DIGITS = {**{d: i for i, d in enumerate("〇一二三四五六七八九")}, "零": 0, "两": 2}
HAN_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}


def readable(text: str) -> str:
    """`text` as figures are read from it: folded, Roman numerals of two letters and more as Arabic.

    >>> readable("IXe siècle, ٢٠٢٤")
    '9e siecle, 2024'
    """
    # Folded, "a million" in the accusative would be "two million of".
    bare = _ADVERBIAL.sub("", text)
    return fold(_ROMAN.sub(lambda match: str(_roman(match[1])) if match[1] else "", bare))


_COMMA_IS_DECIMAL = frozenset({"es", "fr", "ru", "tr"})
_POINT_IS_DECIMAL = frozenset({"en"})


def literal_values(literal: str, *, language: str = "") -> list[float]:
    """All values that digits with separators may stand for, fewer where the language tells.

    >>> literal_values("1.950"), literal_values("1,840.5"), literal_values("18,4")
    ([1950.0, 1.95], [1840.5], [18.4])
    >>> literal_values("1.950", language="es"), literal_values("1.950", language="en")
    ([1950.0], [1.95])
    """
    bare = literal.replace(" ", "").replace("٫", ".").replace("٬", ",")
    separators = [character for character in bare if character in ".,"]
    if not separators:
        return [float(bare)]
    groups = re.split("[.,]", bare)
    last = separators[-1]
    if len(set(separators)) == 2:
        whole, _, decimals = bare.rpartition(last)
        return [float(re.sub("[.,]", "", whole) + "." + decimals)]
    is_grouped = len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    as_decimal = [float(groups[0] + "." + groups[1])] if len(separators) == 1 else []
    if language in _COMMA_IS_DECIMAL | _POINT_IS_DECIMAL and as_decimal:
        decimal = "," if language in _COMMA_IS_DECIMAL else "."
        if last == decimal or not is_grouped:
            return as_decimal
        return [float("".join(groups))]
    if is_grouped and groups[0] != "0":
        return [float("".join(groups)), *as_decimal]
    return as_decimal or [float(group) for group in groups]


def vulgar_fraction(fraction: str) -> float:
    """The value of one sign or of digits around a fraction slash."""
    known = {"½": 0.5, "¼": 0.25, "¾": 0.75}
    if fraction in known:
        return known[fraction]
    above, below = fraction.split("⁄")
    return float(above) / max(float(below), 1.0)


def _roman(numeral: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in numeral]
    following = [*values[1:], 0]
    return sum(-v if v < after else v for v, after in zip(values, following, strict=True))


def han_value(text: str) -> float:
    """The value of Chinese numerals, one after the other: 三千万."""
    total, part, digit = 0, 0, 0
    for character in text:
        if character in _HAN_DIGITS:
            digit = digit * 10 + _HAN_DIGITS[character]
        elif (scale := HAN_SCALES[character]) < 10_000:
            part, digit = part + max(digit, 1) * scale, 0
        else:
            total, part, digit = (total + max(part + digit, 1)) * scale, 0, 0
    return float(total + part + digit)


def is_han(text: str) -> bool:
    """Whether `text` begins with a Han character."""
    return "\u4e00" <= text[0] <= "\u9fff"
