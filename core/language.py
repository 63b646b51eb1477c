"""Which language a text is in, decided offline from its script and its letter sequences."""

import unicodedata
from collections import Counter
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNKNOWN = "und"
"""BCP 47: undetermined."""

MAX_CHARS = 2_000
"""A longer text is judged by its beginning: more adds time, not certainty."""

_DIALECTS = {"arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh"}
"""Dialects that readers and our models treat as the standard language."""

_SCRIPT_LANGUAGES = {
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "THAI": "th",
    "HEBREW": "he",
    "GREEK": "el",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "TAMIL": "ta",
    "TELUGU": "te",
    "BENGALI": "bn",
}
"""Scripts that settle the language by themselves in news (Yiddish and Assamese excepted)."""

_ALLOWED_BY_SCRIPT = {
    "ARABIC": frozenset({"ar", "fa", "ur", "ku", "ps", "ug", "sd"}),
    "CJK": frozenset({"zh", "ja"}),
}
_FALLBACK_BY_SCRIPT = {"ARABIC": "ar", "CJK": "zh"}


_STANDARD = (
    "am ar az be bg bn ca cs da de el en es et eu fa fi fr gl ha he hi hr hu hy id it ja ka kk "
    "km ko ku lo lt lv mk ms my ne nl no pl ps pt ro ru sk sl so sq sv sw ta te th tr ug uk ur uz "
    "vi zh"
)
"""Languages told apart: those of news. With fewer, short questions are told more surely."""


def identify_language(text: str) -> str:
    """Lower-case BCP 47 primary subtag of the language of `text`; "und" if it holds no letter.

    The main script decides first: letters of one script never give a language of another,
    so a Latin name inside an Arabic question does not turn it. Dialects fold into their
    standard language (arz, ary -> ar; wuu, yue -> zh).

    >>> identify_language("ماذا تنص عليه الشراكة؟"), identify_language("¿Cuándo fue la firma?")
    ('ar', 'es')
    >>> identify_language("2024 – 5 %")
    'und'
    """
    sample = text[:MAX_CHARS]
    script = main_script(sample)
    if script is None:
        return UNKNOWN
    if script in _SCRIPT_LANGUAGES:
        return _SCRIPT_LANGUAGES[script]
    if script == "CJK" and _has_kana(sample):
        return "ja"
    own = "".join(
        character if not character.isalpha() or _script(character) == script else " "
        for character in sample
    )
    label = str(_identifier().classify(own)[0])
    language = _DIALECTS.get(label, label)
    allowed = _ALLOWED_BY_SCRIPT.get(script)
    if allowed is not None and language not in allowed:
        return _FALLBACK_BY_SCRIPT[script]
    return language


def main_script(text: str) -> str | None:
    """Unicode name of the script of most letters ("ARABIC", "LATIN", "CJK" …); None without."""
    counts = Counter(_script(character) for character in text if character.isalpha())
    if not counts:
        return None
    if counts["HIRAGANA"] + counts["KATAKANA"] > 0.1 * counts["CJK"] > 0:
        return "HIRAGANA"
    return max(counts, key=lambda script: (counts[script], script))


@cache
def _identifier() -> LanguageIdentifier:
    """The statistics, read once, at the first text that needs them (half a second)."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages([*_STANDARD.split(), *_DIALECTS])
    return identifier


def _has_kana(text: str) -> bool:
    return any(_script(character) in {"HIRAGANA", "KATAKANA"} for character in text)


def _script(character: str) -> str:
    name = unicodedata.name(character, "UNKNOWN")
    return name.split(" ", 1)[0].split("-", 1)[0]
