"""Spells whole numbers out, for tests that read them back."""

_EN_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_AR_ONES = [
    "صفر",
    "واحد",
    "اثنان",
    "ثلاثة",
    "أربعة",
    "خمسة",
    "ستة",
    "سبعة",
    "ثمانية",
    "تسعة",
    "عشرة",
]
_AR_TENS = ["-", "عشرة", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"]
_AR_HUNDREDS = [
    "-",
    "مئة",
    "مئتان",
    "ثلاثمئة",
    "أربعمئة",
    "خمسمئة",
    "ستمئة",
    "سبعمئة",
    "ثمانمئة",
    "تسعمئة",
]


def english(number: int) -> str:
    """`number` in English words, 0 < number < 10^9."""
    if number >= 1_000_000:
        return _english_scale(number, 1_000_000, "million")
    if number >= 1_000:
        return _english_scale(number, 1_000, "thousand")
    if number >= 100:
        rest = number % 100
        return f"{_EN_ONES[number // 100]} hundred" + (f" and {english(rest)}" if rest else "")
    if number < 20:
        return _EN_ONES[number]
    return _EN_TENS[number // 10] + (f"-{_EN_ONES[number % 10]}" if number % 10 else "")


def _english_scale(number: int, scale: int, name: str) -> str:
    rest = number % scale
    return f"{english(number // scale)} {name}" + (f" {english(rest)}" if rest else "")


def arabic(number: int) -> str:
    """`number` in Arabic words, 0 < number < 10^9."""
    parts = []
    millions, thousands, rest = number // 1_000_000, number // 1_000 % 1_000, number % 1_000
    if millions:
        parts.append(_arabic_scale(millions, one="مليون", two="مليونان", few="ملايين"))
    if thousands:
        parts.append(_arabic_scale(thousands, one="ألف", two="ألفان", few="آلاف"))
    if rest:
        parts.append(_arabic_below_thousand(rest))
    return " و".join(parts)


def _arabic_scale(count: int, *, one: str, two: str, few: str) -> str:
    if count == 1:
        return one
    if count == 2:
        return two
    counted = few if 3 <= count % 100 <= 10 else f"{one}اً" if count % 100 > 10 else one
    return f"{_arabic_below_thousand(count)} {counted}"


def _arabic_below_thousand(number: int) -> str:
    parts = [_AR_HUNDREDS[number // 100]] if number >= 100 else []
    rest = number % 100
    if 10 < rest < 20:
        ones = {1: "أحد", 2: "اثنا"}.get(rest % 10, _AR_ONES[rest % 10])
        parts.append(f"{ones} عشر")
    else:
        if rest % 10 or rest == 10:
            parts.append(_AR_ONES[rest if rest == 10 else rest % 10])
        if rest >= 20:
            parts.append(_AR_TENS[rest // 10])
    return " و".join(parts)
