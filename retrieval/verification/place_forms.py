"""Names of places as they stand in a sentence: with clitics, endings of case and of number."""

from collections.abc import Iterator, Sequence

from core.text import fold, words
from retrieval.verification.places import LONGEST, place_codes, zh_places

_NEVER = 1_000
_LONG_WITH_ENDING = {"ru": 5, "tr": 8}
"""Letters of a word that may be a name with an ending: Liman is a port, and no Lima."""

_LONGEST_ACRONYM = 2

_EVERYDAY = frozenset({
    *("مالي", "المالي", "قطر", "قطرها", "قطره", "تركي", "بالي", "سان", "مرسي", "حلف", "الحلف"),
    *("شمال", "جنوب", "الشمال", "الجنوب", "نور", "ساو", "اوروبي", "متوسط", "المتوسط", "المملكه"),
})
"""Folded Arabic names of places that are other words as well."""


def places_without_capitals(sentence: str, *, language: str) -> list[str]:
    """Countries and cities that a sentence without capitals names, the longest names first.

    >>> places_without_capitals("وصل الوفد إلى كوريا الشمالية", language="ar")
    ['كوريا الشماليه']
    """
    if language == "zh":
        return zh_places(sentence)
    found = words(fold(sentence))
    places: list[str] = []
    taken: set[int] = set()
    for length in range(LONGEST, 0, -1):
        for start in range(len(found) - length + 1):
            run = found[start : start + length]
            place = range(start, start + length)
            name = " ".join(run)
            if taken.isdisjoint(place) and name not in _EVERYDAY and _is_known(run, language):
                taken.update(place)
                places.append(name)
    return places


def _is_known(run: Sequence[str], language: str) -> bool:
    firsts = _places_forms(run[0]) if language == "ar" else {run[0]}
    return any(
        place_codes(" ".join([first, *run[1:]]), language=language) and first not in _EVERYDAY
        for first in firsts
    )


def is_place(name: str, language: str) -> bool:
    """Whether `name` is that of a country or city that is known in `language`."""
    whole = words(fold(name))
    if len(whole) == 1 and len(whole[0]) <= _LONGEST_ACRONYM and not name.isupper():
        return False  # "Un" in a name of a person is not the UN
    return any(
        place_codes(form, language=language)
        for form in spoken_forms(whole, language)
        if len(form.split()) == len(whole)
    )


def spoken_forms(found: Sequence[str], language: str) -> Iterator[str]:
    """Runs of folded words that may be a place's name, as they stand and as tables have them."""
    for start in range(len(found)):
        for end in range(start + 1, min(start + LONGEST, len(found)) + 1):
            run = found[start:end]
            yield " ".join(run)
            if language == "ar":
                for first in _places_forms(run[0]):
                    yield " ".join([first, *run[1:]])
                    yield " ".join([first, *(_endless(word) for word in run[1:])])
                    if end - start == 1:
                        yield _endless(first)
            elif len(run[-1]) >= _LONG_WITH_ENDING.get(language, _NEVER):
                for cut in (1, 2, 3):
                    yield " ".join([*run[:-1], run[-1][:-cut]])


def _places_forms(word: str) -> set[str]:
    forms = {word}
    for letter in ("و", "ب", "ل", "ف", "ك"):
        if word.startswith(letter) and len(word) > 3:
            forms.add(word[1:])
    forms |= {"ال" + form.removeprefix("ل") for form in forms if form.startswith("لل")}
    forms |= {form.removeprefix("ال") for form in forms} | {
        "ال" + form.removeprefix("لل") for form in forms if form.startswith("لل")
    }
    return forms


_ENDINGS = ("ين", "ون", "ات", "ان", "يه")


def _endless(word: str) -> str:
    """An adjective of a country without the ending of number: الروسيين, روسيه."""
    bare = word.removeprefix("ال")
    for ending in _ENDINGS:
        if bare.endswith(ending) and len(bare) - len(ending) >= 3:
            stem = bare.removesuffix(ending)
            return stem if stem.endswith("ي") else stem + "ي"
    return bare
