"""What a drafted sentence must be before its meaning is looked at: cited, in the right language."""

import re
from collections.abc import Mapping

from core.language import UNKNOWN, guess_language
from core.scripts import main_script
from core.types import Citation
from retrieval.answering.drafts import Draft
from retrieval.wording import Wording

MAX_SENTENCE_CHARS = 600
"""A longer one hides more claims than a verifier can look at."""

SURE_LETTERS = 25
"""A sentence of fewer letters is mostly names: its language cannot be told surely."""

_ACTIVE = re.compile(r"https?:|www\.|</?[a-z!]|<\|", re.IGNORECASE)
"""What a page might take for a link or a tag: an article may hold it in order to be repeated."""

_MARKS = re.compile(r"[\[【［][^\]】］]{0,40}[\]】］]?|[\]】］]|`|\*\*")
"""What a reader might take for the number of a citation, or a page for emphasis."""

_ACRONYM = re.compile(r"\b[A-Z]{2,}\b")


def fault_of_draft(draft: Draft, quotes: Mapping[str, Citation], *, language: str) -> str | None:
    """Why `draft` may not be shown, as a short code; None if only its meaning is left to check."""
    if not any(map(str.isalnum, draft.text)):
        return "says nothing"
    if len(draft.text) > MAX_SENTENCE_CHARS:
        return "is too long"
    if not draft.citations:
        return "cites nothing"
    if any(key not in quotes for key in draft.citations):
        return "cites what it was not given"
    if _ACTIVE.search(draft.text) or _has_own_marks(draft, quotes):
        return "holds markup"
    if not is_in_language(draft.text, language=language):
        return "is in another language"
    return None


def is_in_language(text: str, *, language: str) -> bool:
    """Whether `text` is, or is too short to be told not to be, in `language`.

    However short, most of it must be in the script of the language, acronyms aside.
    """
    script, wanted = main_script(_ACRONYM.sub("", text)), _script_of(language)
    if script is not None and wanted is not None and script != wanted:
        return False
    if sum(map(str.isalpha, text)) < SURE_LETTERS:
        return True
    guess = guess_language(text)
    return language in {guess.language, *guess.others} or guess.language == UNKNOWN


def _script_of(language: str) -> str | None:
    """That of our own words in `language`; None where we have none."""
    wording = Wording(language)
    return main_script(wording.say("partial")) if wording.language == language else None


def _has_own_marks(draft: Draft, quotes: Mapping[str, Citation]) -> bool:
    quoted = "\n".join(quotes[key].quote for key in draft.citations).lower()
    return any(found[0].lower() not in quoted for found in _MARKS.finditer(draft.text))
