"""The scripted liar: false sentences made from true ones, each wrong in one known way."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eval.statements import Statement

_NUMBER = re.compile(r"\d+(?:[.,٫٬  ]\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d|[١٢][٠٩]\d\d|[۱۲][۰۹]\d\d")

_SPELLED = {
    "en": "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty",
    "fr": "deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "vingt trente quarante cinquante soixante",
    "es": "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte "
    "treinta cuarenta cincuenta sesenta",
    "tr": "iki üç dört beş altı yedi sekiz dokuz yirmi otuz kırk elli altmış yetmiş",
    "ar": "ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة عشرون ثلاثون أربعون خمسون ستون سبعون "
    "عشرين ثلاثين أربعين خمسين ستين سبعين",
}

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
}

_UNITS: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        ("dollars", "euros", "pounds", "dirhams", "riyals", "dinars", "roubles", "yuan"),
        ("million", "billion", "thousand"),
        ("hours", "days", "weeks", "months", "years", "minutes"),
        ("kilometres", "metres", "hectares", "kilograms", "tonnes"),
        ("percent", "years"),
        ("%", " tonnes"),
        ("per cent", "people"),
        ("$", "€", "£"),
    ),
    "fr": (
        ("dollars", "euros", "dirhams", "dinars", "francs"),
        ("million", "milliard"),
        ("millions", "milliards"),
        ("heures", "jours", "semaines", "mois", "ans"),
        (" %", " tonnes"),
    ),
    "es": (
        ("dólares", "euros", "dinares", "dirhams", "pesos"),
        ("millones", "mil"),
        ("horas", "días", "semanas", "meses"),
        (" %", " toneladas"),
    ),
    "tr": (
        ("dolar", "avro", "lira", "riyal", "dirhem"),
        ("milyon", "milyar"),
        ("saat", "gün", "hafta"),
        ("yüzde ", ""),
    ),
    "ar": (
        ("دولار", "يورو", "درهم", "ريال", "دينار", "جنيه", "يوان"),
        ("مليون", "مليار"),
        ("ساعة", "يوماً", "أسبوعاً", "شهراً"),
        ("في المئة", "طن"),
        ("٪", " طن"),
    ),
}
"""Groups of which one member is put in the place of another."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What the liar draws from: statements by language and article."""

    statements: Sequence[Statement]

    def names(self, *, language: str, kind: str, but: str) -> list[str]:
        """Names of a kind in sentences in `language` on other articles than `but`."""
        found = {
            one.text[name.start : name.end]
            for one in self.statements
            if one.language == language and one.article_id != but
            for name in one.names
            if name.kind == kind
        }
        return sorted(found)

    def others(self, statement: Statement, *, same_article: bool) -> list[Statement]:
        """Statements in the same language on other quotes of the article, or on other articles."""
        return [
            one
            for one in self.statements
            if one.language == statement.language
            and (one.article_id == statement.article_id) == same_article
            and (one.article_id, one.start) != (statement.article_id, statement.start)
        ]


Liar = Callable[[Statement, Pool, random.Random], str | None]


def tell_lies(statements: Sequence[Statement]) -> Iterator[Statement]:
    """For each true statement at most one lie of each kind, the same in every run."""
    pool = Pool(statements)
    for statement in statements:
        for kind, lie in LIARS.items():
            text = lie(statement, pool, random.Random(f"{statement.id} {kind}"))  # noqa: S311
            if text is not None and text != statement.text:
                yield replace(
                    statement, id=f"{statement.id} {kind}", kind=kind, text=text, names=()
                )


def _wrong_number(statement: Statement, pool: Pool, draw: random.Random) -> str | None:
    plain = [m for m in _numbers(statement) if not _YEAR.fullmatch(m[0])]
    if plain:
        found = draw.choice(plain)
        return _replaced(statement.text, found.span(), _changed(found[0], draw))
    return _from_table(statement, _SPELLED, draw)


def _wrong_date(statement: Statement, pool: Pool, draw: random.Random) -> str | None:
    years = [m for m in _numbers(statement) if _YEAR.fullmatch(m[0])]
    if years and draw.random() < 0.5:
        found = draw.choice(years)
        year = str(int(found[0]) + draw.choice([-3, -2, -1, 1, 2]))
        return _replaced(statement.text, found.span(), _in_digits_of(found[0], year))
    month = _from_table(statement, _MONTHS, draw)
    if month is not None:
        return month
    if not years:
        return None
    found = draw.choice(years)
    year = str(int(found[0]) + draw.choice([-3, -2, -1, 1, 2]))
    return _replaced(statement.text, found.span(), _in_digits_of(found[0], year))


def _wrong_unit(statement: Statement, pool: Pool, draw: random.Random) -> str | None:
    found = [
        (match.span(), group, member)
        for group in _UNITS.get(statement.language, ())
        for member in group
        if member
        for match in re.finditer(_bounded(member), statement.text)
    ]
    if not found:
        return None
    span, group, member = draw.choice(found)
    return _replaced(statement.text, span, draw.choice([one for one in group if one != member]))


def _swapped_name(*kinds: str) -> Liar:
    def lie(statement: Statement, pool: Pool, draw: random.Random) -> str | None:
        names = [name for name in statement.names if name.kind in kinds]
        if not names:
            return None
        name = draw.choice(names)
        others = [
            other
            for other in pool.names(
                language=statement.language, kind=name.kind, but=statement.article_id
            )
            if other not in statement.text
        ]
        if not others:
            return None
        return _replaced(statement.text, (name.start, name.end), draw.choice(others))

    return lie


def _other_article(statement: Statement, pool: Pool, draw: random.Random) -> str | None:
    others = pool.others(statement, same_article=False)
    return draw.choice(others).text if others else None


def _other_quote(statement: Statement, pool: Pool, draw: random.Random) -> str | None:
    others = pool.others(statement, same_article=True)
    return draw.choice(others).text if others else None


_AND = {"ar": "، و", "zh": "，", "fa": "، و "}
_AND_WORDS = {"en": "and", "fr": "et", "es": "y", "tr": "ve", "ru": "и"}


def _added_claim(statement: Statement, pool: Pool, draw: random.Random) -> str | None:
    others = pool.others(statement, same_article=False)
    if not others:
        return None
    joint = _AND.get(statement.language) or f", {_AND_WORDS.get(statement.language, '-')} "
    other = draw.choice(others)
    begins_with_name = any(name.start == 0 for name in other.names)
    claim = other.text if begins_with_name else other.text[0].lower() + other.text[1:]
    return statement.text.rstrip(".。") + joint + claim


def _exchanged_figures(statement: Statement, pool: Pool, draw: random.Random) -> str | None:
    found = [m for m in _numbers(statement) if not _YEAR.fullmatch(m[0])]
    if len({m[0] for m in found}) < 2:
        return None
    first, second = found[0], next(m for m in found if m[0] != found[0][0])
    text = _replaced(statement.text, second.span(), first[0])
    return _replaced(text, first.span(), second[0])


LIARS: Mapping[str, Liar] = {
    "number": _wrong_number,
    "date": _wrong_date,
    "unit": _wrong_unit,
    "name": _swapped_name("person", "organisation"),
    "place": _swapped_name("place"),
    "other article": _other_article,
    "other quote": _other_quote,
    "added claim": _added_claim,
    "exchanged figures": _exchanged_figures,
}
"""Kind -> the lie of that kind, None where the sentence offers no occasion."""


def _numbers(statement: Statement) -> list[re.Match[str]]:
    return list(_NUMBER.finditer(statement.text))


def _changed(number: str, draw: random.Random) -> str:
    """Another number in the same digits and of the same form."""
    places = [i for i, character in enumerate(number) if character.isdigit()]
    while True:
        changed = list(number)
        for place in draw.sample(places, k=min(len(places), draw.choice([1, 1, 2]))):
            first = place == places[0]
            zero = ord(number[place]) - int(number[place])
            changed[place] = chr(zero + draw.randint(1 if first else 0, 9))
        text = "".join(changed)
        if text != number and text != "1":
            return text


def _in_digits_of(pattern: str, number: str) -> str:
    zero = ord(pattern[0]) - int(pattern[0])
    return "".join(chr(zero + int(digit)) for digit in number)


def _from_table(statement: Statement, table: Mapping[str, str], draw: random.Random) -> str | None:
    members = table.get(statement.language, "").split()
    found = [
        (match.span(), member)
        for member in members
        for match in re.finditer(_bounded(member), statement.text)
    ]
    if not found:
        return None
    span, member = draw.choice(found)
    return _replaced(statement.text, span, draw.choice([one for one in members if one != member]))


def _bounded(member: str) -> str:
    """A pattern for `member` that begins and ends no inside of a word."""
    left = r"(?<!\w)" if member[0].isalnum() else ""
    right = r"(?!\w)" if member[-1].isalnum() else ""
    return left + re.escape(member) + right


def _replaced(text: str, span: tuple[int, int], by: str) -> str:
    return text[: span[0]] + by + text[span[1] :]
