"""Short questions with the language that their reader means."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMMENT = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question; `languages` holds more than one where its words do not tell them apart."""

    text: str
    languages: frozenset[str]

    @property
    def label(self) -> str:
        """The language, or "several"."""
        return next(iter(self.languages)) if len(self.languages) == 1 else "several"


def read_questions(path: Path) -> list[Question]:
    """Questions of a file of ours, a line `language: question` or `language|language: question`.

    Raises:
        ValueError: a line is neither that nor empty nor a comment.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith(COMMENT):
            continue
        languages, colon, text = line.partition(": ")
        if not colon or not text:
            raise ValueError(f"{path.name}:{number}: expected 'language: question', got {line!r}")
        found.append(Question(text=text, languages=frozenset(languages.split("|"))))
    return found


def read_topics(path: Path, *, language: str | None = None) -> Iterator[Question]:
    """Questions of a BEIR file of queries; their language is in the metadata unless given."""
    for line in path.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        told = language or str(record["metadata"]["language"])
        yield Question(text=str(record["text"]), languages=frozenset({told}))
