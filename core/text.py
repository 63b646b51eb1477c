"""Folding of text for matching: two spellings of one word become the same string.

Display text is never changed; folded text exists only inside the lexical leg and the
comparisons of evidence.
"""

import re
import unicodedata

_VOWEL_MARKS = re.compile(
    "[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"  # tashkeel
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"  # niqqud
)
_INVISIBLE = re.compile("[\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SPELLINGS = str.maketrans({
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ې": "ي",
    "ة": "ه",
    "ۀ": "ه",
    "ہ": "ه",
    "ک": "ك",
    "ؤ": "و",
    "ئ": "ي",
    "گ": "ك",
    "چ": "ج",
    "پ": "ب",
    "ı": "i",
    "ё": "е",
})
"""Spellings that Arabic-script and other newsrooms mix freely for one word or name."""


class _Digits(dict[int, str]):
    """What `str.translate` asks for: digits of every script, learnt as they come."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        is_foreign_digit = code > 127 and character.isdigit()
        self[code] = str(unicodedata.digit(character)) if is_foreign_digit else character
        return self[code]


_DIGITS = _Digits()

_ACCENTED = re.compile("([a-z\u0370-\u03ff])[\u0300-\u036f]+")
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    "\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a4d\u0a81-\u0acd\u0b01-\u0b4d\u0b82-\u0bcd\u0c00-\u0c4d"
    "\u0c81-\u0ccd\u0d00-\u0d4d\u0d81-\u0ddf\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc"
    "\u0ec8-\u0ecd\u102b-\u103e\u17b4-\u17d3\u3099\u309a"
)
"""Combining marks inside words of scripts whose vowels are marks; `re` calls them no letters."""

_HEBREW_QUOTE = "(?<=[א-ת])[\"'\u05f3\u05f4\u2019\u201d](?=[א-ת])"
"""Gershayim of acronyms, in all their spellings."""

_WORD = re.compile(rf"[0-9]+(?:[.,٫٬][0-9]+)*|[^\W_0-9](?:[^\W_0-9]|[{_MARKS}]|{_HEBREW_QUOTE})*")


def normalise(text: str) -> str:
    """`text` in NFKC and lower case, without tashkeel, niqqud, tatweel and invisible characters.

    Digits of every script become ASCII. Letters stay as they are spelled, accents too, because
    stemmers need them. The result may differ from `text` in length.

    >>> normalise("العَـراق ١٬٢٠٠ ÉLYSÉE")
    'العراق 1٬200 élysée'
    """
    normal = unicodedata.normalize("NFKC", text)
    bare = _INVISIBLE.sub("", _VOWEL_MARKS.sub("", normal)).lower().replace("i\u0307", "i")
    return bare.translate(_DIGITS)


def fold_spellings(normal: str) -> str:
    """Normal text with alef, ya, ta-marbuta, kaf and other variants of a letter as one."""
    return normal.translate(_SPELLINGS)


def fold_letters(text: str) -> str:
    """`text` normalised, with variants of a letter folded; accents stay."""
    return fold_spellings(normalise(text))


def fold_accents(text: str) -> str:
    """`text` without the accents of Latin and Greek letters; other scripts keep their marks."""
    bare = _ACCENTED.sub(r"\1", unicodedata.normalize("NFD", text)).replace("\u0131", "i")
    return unicodedata.normalize("NFC", bare)


def fold(text: str) -> str:
    """Both folds: what two spellings of one word have in common.

    >>> fold("الـعَرَبِيَّة ٢٠٢٤ Élysée")
    'العربيه 2024 elysee'
    """
    return fold_accents(fold_letters(text))


def words(folded: str) -> list[str]:
    """Runs of letters and runs of digits of folded text, in order; "1,200" stays whole."""
    return _WORD.findall(folded)
