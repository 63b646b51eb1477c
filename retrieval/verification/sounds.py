"""How alike two words sound that are written in Arabic, Latin or Cyrillic letters.

Each letter becomes one or more sounds of a small alphabet; then a weighted edit distance
(Wagner and Fischer 1974) compares them. Arabic leaves short vowels out, so vowels cost little, and
letters that romanisations confuse cost less than others: q and k, g and j, kh and h.
"""

import re
import unicodedata
from functools import lru_cache

from core.scripts import script_of
from core.text import normalise

_LATIN_GROUPS = {
    "sch": "ʃ", "tsch": "č", "tch": "č", "dj": "j", "ch": "č", "sh": "ʃ", "kh": "x", "gh": "ɣ",
    "th": "θ", "dh": "ð", "ph": "f", "zh": "ʒ", "ck": "k", "qu": "k", "ou": "u", "oo": "u",
    "ee": "i", "ts": "c", "tz": "c", "gu": "g", "cc": "K",
}  # fmt: skip
_LATIN = {
    "a": "a", "b": "b", "c": "K", "d": "d", "e": "e", "f": "f", "g": "G", "h": "h", "i": "i",
    "j": "J", "k": "k", "l": "l", "m": "m", "n": "n", "o": "o", "p": "p", "q": "k", "r": "r",
    "s": "s", "t": "t", "u": "u", "v": "v", "w": "w", "x": "ks", "y": "y", "z": "z", "ç": "č",
    "ş": "ʃ", "š": "ʃ", "ğ": "ɣ", "ñ": "n", "ß": "s", "ø": "o", "æ": "e", "ł": "l", "đ": "d",
    "ı": "i", "ž": "ʒ", "č": "č", "ć": "č",
}  # fmt: skip
_LATIN_PARTS = re.compile("|".join(sorted(_LATIN_GROUPS, key=len, reverse=True)) + "|.")
_ARABIC = {
    "ا": "a", "أ": "a", "إ": "i", "آ": "a", "ٱ": "a", "ب": "b", "ت": "t", "ث": "θ", "ج": "j",
    "ح": "h", "خ": "x", "د": "d", "ذ": "ð", "ر": "r", "ز": "z", "س": "s", "ش": "ʃ", "ص": "s",
    "ض": "d", "ط": "t", "ظ": "ð", "ع": "ʕ", "غ": "ɣ", "ف": "f", "ق": "q", "ك": "k", "ل": "l",
    "م": "m", "ن": "n", "ه": "h", "و": "w", "ي": "y", "ى": "a", "ة": "A", "ء": "", "ئ": "y",
    "ؤ": "w", "پ": "p", "چ": "č", "ژ": "ʒ", "گ": "g", "ک": "k", "ی": "y", "ڤ": "v",
}  # fmt: skip
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "o", "ж": "ʒ", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "x", "ц": "c", "ч": "č", "ш": "ʃ", "щ": "ʃ",
    "ъ": "", "ы": "i", "ь": "", "э": "e", "ю": "u", "я": "a", "і": "i", "ї": "i", "є": "e",
    "ґ": "g",
}  # fmt: skip

_VOWELS = frozenset("aeiouAwyʕ")
_NEAR = {
    frozenset(pair): cost
    for pairs, cost in (
        (
            "kq Kk Kq Ks Gg Gj gj Jj Jy Jʒ ʒj Jx čʃ θt θs ðd ðz pb vf bv ɣg Gɣ wu wo yi ye au"
            " Xʃ Xk Xz cs ct Aa At Ah aʕ ae eʕ iʕ oʕ uʕ ou ei Jh vw xh ɣq Jd jd Kč Kj zs",
            0.1,
        ),
        ("td", 0.6),
        ("wy", 0.8),
        ("xk gk gq Gk ʃs čt čk čj čx ʒz ɣk ɣr Ae jʃ Gq ao ai wa ya wv wb uv", 0.35),
    )
    for pair in pairs.split()
}
_VOWEL_COST = 0.25
_VOWEL_SWAP = 0.15
_WEAK_COST = 0.25
"""Of an h, which romanisations leave out."""

_CONSONANT_COST = 1.0
_ROOM = 0.2
"""For a w that weighs little and is near a v, which weighs much."""
_DOUBLED = re.compile(r"(.)\1+")
_LONGEST = 24


@lru_cache(maxsize=20_000)
def sounds(word: str) -> str:
    """The sounds of a word, one character each; empty in a script that is not known here."""
    bare = normalise(word[:_LONGEST])
    if not bare:
        return ""
    match script_of(next((c for c in bare if c.isalpha()), " ")):
        case "ARABIC":
            told = "".join(_ARABIC.get(character, "") for character in bare)
            # Folded text has ه for ة, which is an a or, before another noun, a t.
            told = told[:-1] + "A" if bare[-1] in "هة" and len(bare) > 2 else told
        case "CYRILLIC":
            told = "".join(_CYRILLIC.get(character, "") for character in bare)
        case "LATIN":
            told = _latin(bare)
        case _:
            return ""
    return _DOUBLED.sub(r"\1", told)


def _latin(word: str) -> str:
    told = []
    for letter in unicodedata.normalize("NFC", word):
        known = letter if letter in _LATIN else unicodedata.normalize("NFD", letter)[0]
        told.append(known)
    parts = _LATIN_PARTS.findall("".join(told))
    sound = "".join(_LATIN_GROUPS.get(part) or _LATIN.get(part, "") for part in parts)
    # Pinyin begins with an x what Arabic begins with a sh.
    return "X" + sound[2:] if parts and parts[0] == "x" else sound


@lru_cache(maxsize=200_000)
def likeness(one: str, other: str) -> float:
    """In [0, 1] how alike two strings of `sounds` are; 1 for the same, 0 if one is empty.

    >>> likeness(sounds("Putin"), sounds("بوتين")) > 0.9
    True
    >>> likeness(sounds("Macron"), sounds("بوتين")) < 0.5
    True
    """
    if not one or not other:
        return 0.0
    most = max(weight(one), weight(other))
    return max(0.0, 1.0 - _distance(one, other) / most)


def may_be_alike(one: str, other: str, *, alike: float) -> bool:
    """Whether two strings of sounds are close enough in length for that likeness."""
    least, most = sorted((weight(one), weight(other)))
    return least >= (alike - _ROOM) * most


@lru_cache(maxsize=20_000)
def weight(told: str) -> float:
    """What sounds weigh together: 1 a consonant, less a vowel."""
    return sum(_left_out(sound) for sound in told)


def _left_out(sound: str) -> float:
    if sound in _VOWELS:
        return _VOWEL_COST
    return _WEAK_COST if sound == "h" else _CONSONANT_COST


def _distance(one: str, other: str) -> float:
    row = [0.0]
    for sound in other:
        row.append(row[-1] + _left_out(sound))
    for sound in one:
        skip = _left_out(sound)
        diagonal, row[0] = row[0], row[0] + skip
        for j, met in enumerate(other, start=1):
            best = min(
                diagonal + _swapped(sound, met),
                row[j] + skip,
                row[j - 1] + _left_out(met),
            )
            diagonal, row[j] = row[j], best
    return row[-1]


@lru_cache(maxsize=2_000)
def _swapped(one: str, other: str) -> float:
    if one == other:
        return 0.0
    near = _NEAR.get(frozenset((one, other)))
    if near is not None:
        return near
    if one in _VOWELS and other in _VOWELS:
        return _VOWEL_SWAP
    return max(_left_out(one), _left_out(other), _CONSONANT_COST)
