"""Makes a follow-up question stand by itself, by rules; one that does so already is left alone.

Two kinds are told apart. "And in 2023?" has no question of its own: its words take their place
in the earlier one. "Who signed it?" has one, and lacks its subject: the earlier one's words are
added to it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.language import guess_language
from core.settings import MAX_QUERY_CHARS
from retrieval.conversation.cues import Cues, cues_of
from retrieval.conversation.words import YEAR, Word, joined, words_of
from retrieval.query import Turn
from retrieval.sentences import split_sentences

TURNS_READ = 8
"""Last turns that bear on a question: each costs a millisecond or two."""

TURN_CHARS = 400
"""Of each of them."""

MAX_SUBJECT_WORDS = 12

FRAGMENT_WORDS = 3
"""Content words up to which "and …" without a question word is a fragment of a question."""

_MARK = re.compile(r"\s*\[[0-9, ]+\]")
_ENDING = " \t?？؟!！.。…"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A question as the cues of one language read it; `rest` is what follows "and"."""

    cues: Cues
    text: str
    rest: str
    has_lead: bool
    words: list[Word]

    @property
    def content(self) -> list[Word]:
        return [word for word in self.words if word.is_content]

    @property
    def asks(self) -> bool:
        return _holds_any(self.words, self.cues.asks)


def standalone_question(text: str, history: Sequence[Turn]) -> str:
    """`text`, or a question of at most MAX_QUERY_CHARS that says what `text` leaves to `history`.

    >>> turns = [Turn(role="user", text="What did Moscow and Pyongyang sign in 2024?")]
    >>> standalone_question("Who signed it?", turns)
    'Who signed it? (Moscow Pyongyang sign 2024)'
    >>> standalone_question("And in 2023?", turns)
    'What did Moscow and Pyongyang sign in 2023?'
    """
    earlier, answered = "", ""
    for turn in history[-TURNS_READ:]:
        said = turn.text[:TURN_CHARS]
        if turn.role == "assistant":
            answered = said
        else:
            earlier, answered = _standalone(said, earlier, answered), ""
    return _standalone(text, earlier, answered)


def _standalone(text: str, earlier: str, answered: str) -> str:
    if not earlier:
        return text
    said_in = guess_language(earlier).language
    languages = dict.fromkeys([guess_language(text).among([said_in]), said_in])
    for language in languages:
        cues = cues_of(language)
        if cues is None:
            continue
        reading = _read(text, cues, language)
        if reading.cues.stands.search(text):
            return text
        fragment = _fragment(reading)
        if fragment is not None:
            return _bounded(_put_in(earlier, fragment, cues, language), text)
        if _lacks_subject(reading):
            subject = _subject(earlier, answered, cues, language)
            return _bounded(f"{text} ({subject})" if subject else text, text)
    return text


def _read(text: str, cues: Cues, language: str) -> _Reading:
    lead = cues.lead.match(text)
    rest = text if lead is None else text[lead.end() :]
    return _Reading(
        cues=cues,
        text=text,
        rest=rest.strip(),
        has_lead=lead is not None,
        words=words_of(rest, language=language, functions=cues.functions),
    )


def _fragment(reading: _Reading) -> str | None:
    """What of the question takes a place in the earlier one; None if it asks by itself."""
    cues, rest = reading.cues, reading.rest
    for given in (reading.text, rest):
        about = cues.about.match(given)
        if about is not None:
            return given[about.end() :].strip()
    after = cues.after.search(rest)
    if after is not None and not reading.asks:
        return rest[: after.start()].strip()
    content = reading.content
    if not content or len(content) > FRAGMENT_WORDS or cues.closed.search(rest):
        return None
    if reading.asks:
        return _figures_of(content)
    first = reading.words[0]
    is_short = len(content) <= 1 or all(word.written[:1].isupper() for word in content)
    starts_so = first.normal in cues.place or first.is_figure
    return rest if reading.has_lead or starts_so or is_short else None


def _figures_of(content: Sequence[Word]) -> str | None:
    """The figures of a question that has nothing else, like "how many in 2023?"."""
    if not all(word.is_figure for word in content):
        return None
    return " ".join(word.written for word in content)


def _lacks_subject(reading: _Reading) -> bool:
    cues, words = reading.cues, reading.words
    content = reading.content
    if not any(word.is_name for word in content) and len(content) <= cues.bare:
        return True
    if len(content) <= 2 and cues.follows.search(f" {reading.rest}"):
        return True
    if words and words[-1].normal in cues.final:
        return True
    before = 0
    for word in words:
        if word.normal in cues.weak and before == 0:
            return True
        if word.normal in cues.pronouns and before <= 1:
            return True
        before += word.is_content
    return False


def _put_in(earlier: str, fragment: str, cues: Cues, language: str) -> str:
    """The earlier question with `fragment` in the place of what it replaces, or at its end."""
    bare = fragment.strip(_ENDING)
    years = YEAR.findall(bare)
    if years and YEAR.search(earlier):
        *_, last = YEAR.finditer(earlier)
        changed = earlier[: last.start()] + years[-1] + earlier[last.end() :]
        others = words_of(bare, language=language, functions=cues.functions)
        added = joined([word for word in others if word.is_content and not word.is_figure])
        return f"{changed} {added}".strip()
    replaced = _replace_place(earlier, bare, cues, language)
    return replaced or f"{earlier} {bare}"


def _replace_place(earlier: str, bare: str, cues: Cues, language: str) -> str | None:
    """What "in France" makes of the earlier question, if that names a place."""
    given = words_of(bare, language=language, functions=cues.functions)
    if not given:
        return None
    has_preposition = given[0].normal in cues.place
    is_name = given[-1].written[:1].isupper()
    if not has_preposition and not is_name:
        return None
    said = words_of(earlier, language=language, functions=cues.functions)
    place = _last_place(said, cues)
    if place is None:
        return None
    preposition, first, last = place
    if has_preposition and not is_name and preposition.normal != given[0].normal:
        return None
    # A bare name takes the place of the only name, or else of nobody knows which.
    if not has_preposition and any(word.is_name for word in said if word.end < first.start):
        return None
    start = preposition.start if has_preposition else first.start
    return earlier[:start] + bare + earlier[last.end :]


def _last_place(words: Sequence[Word], cues: Cues) -> tuple[Word, Word, Word] | None:
    """The last preposition of place that names follow, with the first and the last of these.

    Where names have no capital letters, the last word of the question is taken for one.
    """
    for at in range(len(words) - 2, -1, -1):
        if words[at].normal not in cues.place:
            continue
        run = words[at + 1 :]
        names = run[: next((i for i, word in enumerate(run) if not word.is_name), len(run))]
        if names:
            return words[at], names[0], names[-1]
        has_capitals = run[0].written.lower() != run[0].written.upper()
        if not has_capitals and len(run) == 1 and run[0].is_content and not run[0].is_figure:
            return words[at], run[0], run[0]
    return None


def _subject(earlier: str, answered: str, cues: Cues, language: str) -> str:
    """Content words of the earlier question, and of the answer if it told who."""
    words = words_of(earlier, language=language, functions=cues.functions)
    found = [word for word in words if word.is_content][:MAX_SUBJECT_WORDS]
    if not answered or not _holds_any(words, cues.who):
        return joined(found)
    said = _MARK.sub("", answered)
    spans = split_sentences(said, language=language)
    first = said[spans[0].start : spans[0].end] if spans else ""
    told = words_of(first, language=language, functions=cues.functions)
    named = [word for word in told if word.is_content][:MAX_SUBJECT_WORDS]
    known = {word.normal for word in named}
    return f"{joined(named)} {joined([w for w in found if w.normal not in known])}".strip()


def _holds_any(words: Sequence[Word], wanted: frozenset[str]) -> bool:
    """Whether one of `words` is wanted; in scripts without spaces, its first character will do."""
    return any(
        word.normal in wanted or (not word.is_content and word.normal[:1] in wanted)
        for word in words
    )


def _bounded(query: str, text: str) -> str:
    """`query`, or `text` alone if that would be too long to search for."""
    return query if len(query) <= MAX_QUERY_CHARS else text
