"""Which language a text is in, decided offline from its script, words and letter sequences."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from threading import Lock

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from core.language_evidence import evidence, may_be_japanese, prior, question_script
from core.scripts import JAPANESE_ONLY, main_script, only_script, script_of

__all__ = ["UNKNOWN", "LanguageGuess", "guess_language", "identify_language", "main_script"]

UNKNOWN = "und"
"""BCP 47: undetermined."""

MAX_CHARS = 2_000
"""A longer text is judged by its beginning: more adds time, not certainty."""

MARGIN = 4.0
"""Natural logarithm of how many times likelier the language told is than one left out."""

MAX_OTHERS = 3

SHORT_HAN = 12
"""Characters: a Japanese text that is longer has kana in it."""

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

_LATIN = (
    "az ca cs da de en es et eu fi fr gl ha hr hu id it ku lt lv ms nl no pl pt ro sk sl so sq sv "
    "sw tr uz vi"
)
_ALLOWED_BY_SCRIPT = {
    "ARABIC": frozenset({"ar", "fa", "ku", "ps", "ug", "ur"}),
    "CJK": frozenset({"ja", "zh"}),
    "CYRILLIC": frozenset({"az", "be", "bg", "kk", "mk", "ru", "uk", "uz"}),
    "DEVANAGARI": frozenset({"hi", "ne"}),
    "ETHIOPIC": frozenset({"am"}),
    "LATIN": frozenset(_LATIN.split()),
}
"""Letters of one script never give a language of another."""

_STANDARD = (
    "am ar az be bg bn ca cs da de el en es et eu fa fi fr gl ha he hi hr hu hy id it ja ka kk "
    "km ko ku lo lt lv mk ms my ne nl no pl ps pt ro ru sk sl so sq sv sw ta te th tr ug uk ur uz "
    "vi zh"
)
"""Languages told apart: those of news. With fewer, short questions are told more surely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageGuess:
    """The likeliest language, and `others` that are not much less likely, best first."""

    language: str
    others: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether no other language comes near."""
        return not self.others

    def among(self, languages: Collection[str]) -> str:
        """The likeliest of those that an archive holds, or the likeliest if it holds none.

        >>> LanguageGuess(language="hr", others=("en", "sl")).among(["ar", "en"])
        'en'
        """
        known = (one for one in (self.language, *self.others) if one in languages)
        return next(known, self.language)


def identify_language(text: str) -> str:
    """Lower-case BCP 47 primary subtag of the language of `text`; "und" if it holds no letter.

    The script decides first, so a Latin name inside an Arabic question does not turn it; then
    letter sequences, function words, and how often the language is met in news. Dialects fold
    into their standard language (arz, ary -> ar; wuu, yue -> zh).

    >>> identify_language("ماذا تنص عليه الشراكة؟"), identify_language("¿Cuándo fue la firma?")
    ('ar', 'es')
    >>> identify_language("2024 – 5 %")
    'und'
    """
    return guess_language(text).language


def guess_language(text: str) -> LanguageGuess:
    """The language of `text` as `identify_language` tells it, and which others it may well be.

    >>> guess_language("Who signed the treaty?").is_sure, guess_language("transport").is_sure
    (True, False)
    """
    sample = unicodedata.normalize("NFKC", text[:MAX_CHARS])
    script = question_script(sample)
    if script is None:
        return LanguageGuess(language=UNKNOWN)
    if script in _SCRIPT_LANGUAGES:
        return LanguageGuess(language=_SCRIPT_LANGUAGES[script])
    if script == "CJK" and any(script_of(character) in JAPANESE_ONLY for character in sample):
        return LanguageGuess(language="ja")
    scores = _scores(only_script(sample, script), script)
    best, *rest = sorted(scores, key=lambda language: (-scores[language], language))
    near = [language for language in rest if scores[best] - scores[language] < MARGIN]
    if script == "CJK" and best == "zh" and len(sample) <= SHORT_HAN and may_be_japanese(sample):
        near = ["ja"]
    return LanguageGuess(language=best, others=tuple(near[:MAX_OTHERS]))


def use_identifier(identifier: LanguageIdentifier) -> None:
    """Read languages by `identifier`, another copy of what `load_identifier` gives.

    For a process that has one that loads faster; what is told of a text stays the same.
    """
    _STATISTICS.use(identifier)


def _scores(text: str, script: str) -> dict[str, float]:
    """Logarithm of the likelihood of each language of `script`, up to a common constant."""
    allowed = _ALLOWED_BY_SCRIPT.get(script)
    scores: dict[str, float] = {}
    ranked = _STATISTICS.get().rank(text)
    best = float(ranked[0][1])  # taken off: a text without any known sequence has -1e38 in all
    for label, score in ranked:
        language = _DIALECTS.get(label, label)
        if allowed is None or language in allowed:
            scores.setdefault(language, float(score) - best + prior(language))
    for language, weight in evidence(text, script).items():
        if language in scores:
            scores[language] += weight
    return scores


def known_languages() -> list[str]:
    """Labels of py3langid that are told apart, dialects among them."""
    return [*_STANDARD.split(), *_DIALECTS]


def load_identifier() -> LanguageIdentifier:
    """The statistics as py3langid packs them, for `known_languages` (half a second)."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(known_languages())
    return identifier


class _Statistics:
    """Those in use: as given, else read at the first text that needs them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._identifier: LanguageIdentifier | None = None

    def use(self, identifier: LanguageIdentifier) -> None:
        with self._lock:
            self._identifier = identifier

    def get(self) -> LanguageIdentifier:
        with self._lock:
            if self._identifier is None:
                self._identifier = load_identifier()
            return self._identifier


_STATISTICS = _Statistics()
