"""Folding of text for matching: two spellings of one word become the same string.

Display text is never changed; folded text exists only inside the lexical leg and the
comparisons of evidence.
"""

import re
import unicodedata

_TASHKEEL = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed]")
_INVISIBLE = re.compile("[\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_FOLDS = str.maketrans({
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

_WORD = re.compile(r"[^\W_]+(?:[.,٫][0-9]+)*", re.UNICODE)


def fold(text: str) -> str:
    """`text` in NFKC and lower case, without marks, tatweel and invisible characters.

    Alef, ya, ta-marbuta and kaf variants are folded, accents dropped, digits of every
    script become ASCII. The result may differ in length from `text`.

    >>> fold("الـعَرَبِيَّة ٢٠٢٤ Élysée")
    'العربيه 2024 elysee'
    """
    normal = unicodedata.normalize("NFKC", text)
    bare = _INVISIBLE.sub("", _TASHKEEL.sub("", normal)).lower()
    decomposed = unicodedata.normalize("NFKD", bare.translate(_FOLDS))
    without_marks = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(
        str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in without_marks
    )


def words(folded: str) -> list[str]:
    """Runs of letters and digits of folded text, in order; "1,200" and "3.5" stay whole."""
    return _WORD.findall(folded)
