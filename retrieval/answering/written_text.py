"""The text of a generated answer, as it grows: sentences, each closed by its citations' numbers."""

from collections.abc import Sequence
from dataclasses import replace

from core.types import AnswerSentence, Citation, Support
from retrieval.answering.events import CitationFound, SentenceReady


class WrittenText:
    """Collects verified sentences; quotes are numbered in the order in which they are cited."""

    def __init__(self) -> None:
        self.text = ""
        self.sentences: list[AnswerSentence] = []
        self.citations: list[Citation] = []
        self._numbers: dict[tuple[str, int, int], int] = {}

    def add(
        self, sentence: str, quotes: Sequence[Citation], *, support: Support
    ) -> list[CitationFound | SentenceReady]:
        """What is to be told of the next sentence: citations that are new, then the sentence."""
        told: list[CitationFound | SentenceReady] = []
        numbers = []
        for quote in quotes:
            place = (quote.header.id, quote.start, quote.end)
            if place not in self._numbers:
                self._numbers[place] = len(self._numbers) + 1
                self.citations.append(replace(quote, number=self._numbers[place]))
                told.append(CitationFound(citation=self.citations[-1]))
            numbers.append(self._numbers[place])
        separator = " " if self.text else ""
        start = len(self.text) + len(separator)
        added = AnswerSentence(
            start=start,
            end=start + len(sentence),
            citations=tuple(dict.fromkeys(numbers)),
            support=support,
        )
        marks = "".join(f"[{number}]" for number in added.citations)
        appended = f"{separator}{sentence} {marks}"
        self.text += appended
        self.sentences.append(added)
        return [*told, SentenceReady(text=appended, sentence=added)]
