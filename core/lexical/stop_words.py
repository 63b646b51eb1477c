"""Words that say nothing of what a question is about, by language."""

from functools import cache
from importlib.resources import files

from core.lexical.spelling import fold_form
from core.text import normalise

FILE = "stop_words.txt"


def is_stop_word(word: str, *, language: str) -> bool:
    """Whether a normal `word` is a function word or a question word of `language`.

    In Arabic with a conjunction before it, too.

    >>> is_stop_word("ولماذا", language="ar"), is_stop_word("who", language="ar")
    (True, False)
    """
    known = stop_words(language)
    form = fold_form(word, language=language)
    return form in known or (language == "ar" and form[:1] in {"و", "ف"} and form[1:] in known)


@cache
def stop_words(language: str) -> frozenset[str]:
    """In folded form; empty for a language without a list."""
    given = _lists().get(language, "")
    return frozenset(fold_form(normalise(word), language=language) for word in given.split())


def languages() -> tuple[str, ...]:
    """Those that have a list."""
    return tuple(_lists())


@cache
def _lists() -> dict[str, str]:
    text = files(__package__).joinpath(FILE).read_text(encoding="utf-8")
    lines = (line.partition(":") for line in text.splitlines() if not line.startswith("#"))
    return {language: given for language, _, given in lines}
