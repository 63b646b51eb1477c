"""What tells a language beside the statistics of its letter sequences, which short texts lack."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from core.lexical.segments import segmented
from core.lexical.spelling import fold_form
from core.lexical.stop_words import is_stop_word, languages, stop_words
from core.scripts import (
    main_script,
    only_script,
    runs,
    script_counts,
    script_of,
    without_script,
)
from core.text import normalise, words

WORD_WEIGHT = 5.0
"""Of a function word, as a natural logarithm of likelihood."""

LETTER_WEIGHT = 5.0
"""Of letters that only some languages of a script write."""

HAN_WEIGHT = 20.0
"""Of a Han character that only Japan writes."""

SHORT = 200
"""Characters: a longer text has enough letter sequences, and is judged by its majority."""

_PRIORS = (
    (4.0, "ar en zh"),
    (3.0, "de es fa fr hi id it ja nl pl pt ru tr uk"),
    (1.5, "cs da el fi hu no ro sv ur vi"),
    (-2.0, "az be eu gl ha ku ps so sw ug uz"),
    (-4.0, "ne"),
)
"""How often a language is met in news and its readers' questions; 0 for those not named."""

_LETTERS = {
    "ARABIC": (
        ("ٹڈڑںےہھ", "ur"),
        ("پچژگکی", "fa ur ps ku ug"),
        ("ةىيكأإ", "ar"),
        ("ټډړږښڅځۍې", "ps"),
        ("ەێۆڕڵ", "ku"),
        ("ەېۇۆۈ", "ug"),
    ),
    "CYRILLIC": (
        ("їєґ", "uk"),
        ("і", "uk be kk"),
        ("и", "ru uk bg mk kk"),
        ("ыэё", "ru be kk"),
        ("ў", "be uz"),
        ("әғқңөұүһ", "kk"),
        ("ѓќѕјљњџ", "mk"),
    ),
}
"""Letters and the languages that write them, by script."""

_ARTICLES = frozenset({
    *("al", "das", "de", "der", "die", "el", "il", "l", "la", "las", "le", "les", "lo", "los"),
    "the",
})
"""They begin names, too: "The Times", "La Liga"."""


def prior(language: str) -> float:
    """Natural logarithm of how much more often than others `language` is met."""
    return _prior_by_language().get(language, 0.0)


@cache
def _prior_by_language() -> Mapping[str, float]:
    return {language: weight for weight, names in _PRIORS for language in names.split()}


def evidence(text: str, script: str) -> dict[str, float]:
    """What letters and function words of `text`, all in one script, add to each language."""
    found: dict[str, float] = defaultdict(float)
    letters = frozenset(text.lower())
    for those, names in _LETTERS.get(script, ()):
        if letters.intersection(those):
            for language in names.split():
                found[language] += LETTER_WEIGHT
    if script == "CJK":
        found["ja"] += HAN_WEIGHT * any(map(_is_japanese_only, letters))
    for word in words(normalise(text[:SHORT])):
        for language in _languages_of(word):
            found[language] += WORD_WEIGHT
    return found


def question_script(text: str) -> str | None:
    """The script of the sentence that `text` is, rather than of the names in it.

    Names are carried from Latin into other scripts more often than the other way: a short text
    of both is of the other one, unless its Latin words are those of a sentence and the others
    are not.

    >>> question_script("ما هو ChatGPT؟"), question_script("Who is محمد بن سلمان?")
    ('ARABIC', 'LATIN')
    """
    counts = script_counts(text)
    if len(counts) < 2 or "LATIN" not in counts or len(text) > SHORT:
        return main_script(text)
    other = main_script(without_script(text, "LATIN"))
    if other is None:
        return "LATIN"
    latin = list(runs(only_script(text, "LATIN")))
    if _is_latin_sentence(latin) and not _is_sentence(only_script(text, other)):
        return "LATIN"
    return other


def _is_latin_sentence(found: list[str]) -> bool:
    """Whether a function word is among the words, other than an article that may begin a name."""
    first, *rest = found
    candidates = [word for word in rest if word.islower()]
    if first.lower() not in _ARTICLES:
        candidates.append(first)
    return any(len(word) > 1 and _languages_of(word.lower()) for word in candidates)


def _is_sentence(text: str) -> bool:
    return any(_languages_of(part) for word in words(normalise(text)) for part in segmented(word))


@lru_cache(maxsize=20_000)
def _languages_of(word: str) -> tuple[str, ...]:
    """Languages in which a normal `word` is a function word."""
    known = _languages_by_form()
    found = set(known.get(fold_form(word, language="en"), ()))
    if script_of(word[0]) == "ARABIC":
        found.update(known.get(fold_form(word, language="fa"), ()))
        if is_stop_word(word, language="ar"):  # with a conjunction before it
            found.add("ar")
    return tuple(sorted(found))


@cache
def _languages_by_form() -> Mapping[str, Iterable[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for language in languages():
        for form in stop_words(language):
            found[form].append(language)
    return found


def may_be_japanese(text: str) -> bool:
    """Whether Japan writes every Han character of `text`.

    >>> may_be_japanese("首相"), may_be_japanese("选举")
    (True, False)
    """
    return all(_is_in(each, "shift_jis") for each in text if script_of(each) == "CJK")


@lru_cache(maxsize=10_000)
def _is_japanese_only(character: str) -> bool:
    """Whether the national standards of Japan alone have this Han character."""
    return (
        script_of(character) == "CJK"
        and _is_in(character, "shift_jis")
        and not _is_in(character, "gb2312")
        and not _is_in(character, "big5")
    )


def _is_in(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
