"""Persian and other languages that write Arabic letters with Persian forms.

Plurals, possessives and degrees are taken off by a short list of endings. Snowball's Persian
stemmer was left out: it parts "ایران" from "ایرانی" and "خبرنگار" from "خبرنگاران", and makes
"دانشگاه" (university) the same as "دانش" (knowledge).
"""

_LETTERS = str.maketrans({
    "ي": "ی",
    "ى": "ی",
    "ې": "ی",
    "ئ": "ی",
    "ك": "ک",
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ؤ": "و",
    "ة": "ه",
    "ۀ": "ه",
    "ہ": "ه",
    "ۂ": "ه",
    "ۃ": "ه",
    "ھ": "ه",
})
"""Letters that keyboards mix. پ چ گ ژ stay: in Persian they tell words apart."""

_ENDINGS = (
    "هایشان",
    "هایمان",
    "هایتان",
    "هایی",
    "هایش",
    "هایم",
    "هایت",
    "های",
    "ترین",
    "ها",
    "تر",
)
_MOST_ENDINGS = 2
_LEAST_LETTERS = 3

_MI = ("نمی", "می")
_NOT_MI = ("میلی", "میدان", "میراث", "میزان", "میهن", "میهمان", "میانم", "میلاد", "میرزا", "میکرو")
"""Beginnings of nouns that the verbal prefix می must not be taken off."""


def fold_persian_letters(word: str) -> str:
    """`word` with the variants of one letter as one; for Urdu, Kurdish, Pashto and others, too."""
    return word.translate(_LETTERS)


def persian_stem(word: str) -> str:
    """The stem of a word in folded letters.

    >>> {persian_stem(word) for word in ("کتاب", "کتابها", "کتابهای", "کتابهایشان")}
    {'کتاب'}
    >>> persian_stem("میروند"), persian_stem("میدان")
    ('روند', 'میدان')
    """
    word = _without_mi(word)
    for _ in range(_MOST_ENDINGS):
        shorter = _without_ending(word)
        if shorter == word:
            break
        word = shorter
    # The suffix of relation and of the indefinite; and the plural of persons.
    for ending in ("ی", "ان"):
        if word.endswith(ending) and len(word) - len(ending) > _LEAST_LETTERS:
            word = word[: -len(ending)]
    return word


def _without_mi(word: str) -> str:
    for prefix in _MI:
        rest = word[len(prefix) :]
        if word.startswith(prefix) and len(rest) >= _LEAST_LETTERS:
            return word if word.startswith(_NOT_MI) else rest
    return word


def _without_ending(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_LETTERS:
            return word[: -len(ending)]
    return word
