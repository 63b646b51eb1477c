"""The text of an extractive answer, as it grows: one line a quote, closed by its number.

The text is for showing: quotes stand in it without what could reorder or command
(core/display.py), character for character, while the citations keep them as published.
"""

from core.display import neutralise
from core.types import AnswerSentence, Citation, Support
from retrieval.answering.events import SentenceReady


class QuoteText:
    """Collects citations in order of their numbers; offsets leave the numbers out."""

    def __init__(self) -> None:
        self.text = ""
        self.sentences: list[AnswerSentence] = []
        self.citations: list[Citation] = []

    def add(self, citation: Citation) -> SentenceReady:
        """What showing the next citation appends."""
        separator = "\n" if self.text else ""
        start = len(self.text) + len(separator)
        sentence = AnswerSentence(
            start=start,
            end=start + len(citation.quote),
            citations=(citation.number,),
            support=Support.QUOTED,
        )
        appended = f"{separator}{neutralise(citation.quote)} [{citation.number}]"
        self.text += appended
        self.sentences.append(sentence)
        self.citations.append(citation)
        return SentenceReady(text=appended, sentence=sentence)
