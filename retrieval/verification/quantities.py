"""The figures of a text: each with all that it may mean, and the unit beside it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from retrieval.verification.figure_context import make_quantity
from retrieval.verification.joined_figures import join_figures
from retrieval.verification.literals import (
    HAN_SCALES,
    han_value,
    is_han,
    literal_values,
    vulgar_fraction,
)
from retrieval.verification.number_words import NumberWords, Sum, number_words, without_joint
from retrieval.verification.quantity import HALF, Quantity
from retrieval.verification.units import dual_unit

_TOKEN = re.compile(
    r"(?P<time>\d{1,2}:\d{2}(?!\d))"
    r"|(?P<date>\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})"
    r"|(?P<han>[〇零一二三四五六七八九十百千万亿两]{2,}|[二三四五六七八九十两])"
    r"|(?P<number>\d{1,3}(?: \d{3})+(?:[.,٫]\d+)?(?!\d)|\d+(?:[.,٫٬]\d+)*)"
    r"|(?P<fraction>[½¼¾]|\d+⁄\d+)"
    r"|(?P<word>(?:(?![〇零一二三四五六七八九十百千万亿两])[^\W\d_])+|[十百千万亿])"
    r"|(?P<sign>[%٪$€£¥°₽₺])"
)
_ABBREVIATED = {"k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
"""Scales that stand directly behind digits: $1.5m."""


def find_quantities(text: str, *, language: str) -> list[Quantity]:
    """The figures of a `readable` text in `language`, in order; dates as numbers are left out.

    >>> [sorted(one.readings) for one in find_quantities("twenty-two %", language="en")]
    [[('share', 0.22)]]
    """
    tokens = list(_TOKEN.finditer(text))
    table = number_words(language)
    found: list[Quantity] = []
    i = 0
    while i < len(tokens):
        read = _read(text, tokens, i, table)
        if read is None:
            i += 1
            continue
        quantity, used = read
        found.append(quantity)
        i += used
        while i < len(tokens) and tokens[i].start() < quantity.end:
            i += 1
    return join_figures(text, found)


def _read(
    text: str, tokens: Sequence[re.Match[str]], i: int, table: NumberWords | None
) -> tuple[Quantity, int] | None:
    """The quantity that begins at token `i`, and how many tokens it takes."""
    token = tokens[i]
    match token.lastgroup:
        case "time":
            hours, minutes = map(int, token[0].split(":"))
            return make_quantity(text, token.start(), token.end(), clock=hours * 60 + minutes), 1
        case "fraction":
            return make_quantity(
                text, token.start(), token.end(), shares=[vulgar_fraction(token[0])]
            ), 1
        case "han":
            return make_quantity(
                text, token.start(), token.end(), values=[han_value(token[0])], spelled=True
            ), 1
        case "number":
            return _literal(text, tokens, i, table)
        case "word" if table is not None and _may_begin(token[0], table.language):
            return _words(text, tokens, i, table)
    return None


def _literal(
    text: str, tokens: Sequence[re.Match[str]], i: int, table: NumberWords | None
) -> tuple[Quantity, int]:
    values = literal_values(tokens[i][0], language=table.language if table else "")
    used, end, factor = 1, tokens[i].end(), 1
    while i + used < len(tokens):
        token = tokens[i + used]
        between = text[end : token.start()]
        scale = _scale(token, table) if between.strip() in {"", "-"} else None
        if scale is None and not between:
            scale = _ABBREVIATED.get(token[0])
        if scale is None:
            break
        scaled = [value * scale for value in values]
        # "2.5m" may be metres: an abbreviation leaves the bare number possible.
        values = values + scaled if token[0] in _ABBREVIATED else scaled
        used, end, factor = used + 1, token.end(), factor * scale
        if is_han(token[0]):
            break
    return replace(make_quantity(text, tokens[i].start(), end, values=values), scale=factor), used


def _scale(token: re.Match[str], table: NumberWords | None) -> int | None:
    word = token[0]
    if word in HAN_SCALES:
        return HAN_SCALES[word]
    if table is None or token.lastgroup != "word":
        return None
    value = table.scales.get(word, table.scales.get(without_joint(word, language=table.language)))
    return value if value is not None and value >= 1_000 else None


@lru_cache(maxsize=50_000)
def _may_begin(word: str, language: str) -> bool:
    """Whether a figure may begin with a word: hardly any does, and words come again."""
    table = number_words(language)
    if table is None:
        return False
    bare = without_joint(word, language=language)
    return (
        table.knows(word)
        or table.knows(bare)
        or word in table.shares
        or bare in table.shares
        or any(word in one for one in (table.before_scales, table.multiples, table.divisors))
        or (language == "ar" and dual_unit(word) is not None)
    )


def _words(
    text: str, tokens: Sequence[re.Match[str]], i: int, table: NumberWords
) -> tuple[Quantity, int] | None:
    total, last, values, used = Sum(table), i, list[float](), 0
    for j in range(i, len(tokens)):
        word = tokens[j][0]
        if tokens[j].lastgroup != "word" or not _adjoins(text, tokens, last, j):
            break
        if used and word in table.joints and word not in table.values:
            continue
        known = word if table.knows(word) else without_joint(word, language=table.language)
        if not table.knows(known) or not total.take(known):
            break
        last, used = j, j - i + 1
    if used:
        values = [float(total.value)]
    return _with_shares(text, tokens, i, used, values, table)


def _with_shares(
    text: str,
    tokens: Sequence[re.Match[str]],
    i: int,
    used: int,
    values: list[float],
    table: NumberWords,
) -> tuple[Quantity, int] | None:
    """A spelled number as such, or with the part of a whole that it counts or is."""
    shares: list[float] = []
    at = i + used
    divided = _divided(text, tokens, i, table)
    if divided is not None:
        return divided
    part = _share(tokens, at, table) if at < len(tokens) else None
    first = _share(tokens, i, table)
    counts_parts = used and part is not None and part < HALF and 1 < values[0] < 10
    if counts_parts and part is not None and _adjoins(text, tokens, at - 1, at):
        shares, values, used = [values[0] * part], [], used + 1
        scale = _following_scale(text, tokens, at, table)
        if scale is not None:
            values, shares, used = [shares[0] * scale[0]], [], at - i + scale[1]
    elif first is not None and used <= 1:
        shares, used = [first], 1
        scale = _following_scale(text, tokens, i, table)
        if scale is not None:
            values, shares, used = [first * scale[0]], [], scale[1]
    elif not used:
        multiple = table.multiples.get(tokens[i][0])
        if multiple is None:
            return _dual(tokens[i]) if table.language == "ar" else None
        values, used = [float(multiple)], 1
    return make_quantity(
        text,
        tokens[i].start(),
        tokens[i + used - 1].end(),
        values=values,
        shares=shares,
        spelled=True,
    ), used


def _divided(
    text: str, tokens: Sequence[re.Match[str]], i: int, table: NumberWords
) -> tuple[Quantity, int] | None:
    """A part of a whole told by its divisor first, as in Turkish: dörtte üç."""
    divisor = table.divisors.get(tokens[i][0])
    if divisor is None or i + 1 == len(tokens) or not _adjoins(text, tokens, i, i + 1):
        return None
    count = table.values.get(tokens[i + 1][0])
    if count is None:
        return None
    start, end = tokens[i].start(), tokens[i + 1].end()
    return make_quantity(text, start, end, shares=[count / divisor], spelled=True), 2


def _following_scale(
    text: str, tokens: Sequence[re.Match[str]], i: int, table: NumberWords
) -> tuple[int, int] | None:
    """The scale of "half a million", and the tokens up to it."""
    for j in range(i + 1, min(i + 3, len(tokens))):
        if not _adjoins(text, tokens, j - 1, j):
            return None
        word = tokens[j][0]
        scale = table.scales.get(without_joint(word, language=table.language))
        if scale is not None and scale >= 1_000:
            return scale, j - i + 1
        if word not in table.joints:
            return None
    return None


def _share(tokens: Sequence[re.Match[str]], i: int, table: NumberWords) -> float | None:
    word = tokens[i][0]
    share = table.shares.get(word, table.shares.get(without_joint(word, language=table.language)))
    half = table.before_scales.get(word)
    if share is None and half is not None and i + 1 < len(tokens):
        return half if tokens[i + 1][0] in table.scales else None
    return share


def _adjoins(text: str, tokens: Sequence[re.Match[str]], last: int, j: int) -> bool:
    """Whether nothing but a space or a hyphen, or a joint word, is between two tokens."""
    return all(
        text[tokens[k].end() : tokens[k + 1].start()].strip() in {"", "-", "\u2011"}
        for k in range(last, j)
    )


def _dual(token: re.Match[str]) -> tuple[Quantity, int] | None:
    """Two of a unit, told by the ending of its word: سنتين."""
    unit = dual_unit(token[0])
    if unit is None:
        return None
    made = Quantity(
        readings=frozenset({("number", 2.0)}),
        unit=unit,
        start=token.start(),
        end=token.end(),
        is_spelled=True,
    )
    return made, 1
