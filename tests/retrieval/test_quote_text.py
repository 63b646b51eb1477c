"""The text of an answer grows by what each quote appends, and its offsets stay true."""

from hypothesis import given
from hypothesis import strategies as st

from core.display import neutralise
from core.types import Article
from retrieval.answering.quote_text import QuoteText
from retrieval.citations import cite

QUOTES = st.text(
    st.one_of(
        st.sampled_from("\u202e\u2066\u2069\u200c\x1b\n 🌍٣أ1[]"), st.characters(codec="utf-8")
    ),
    min_size=1,
)


@given(st.lists(QUOTES, max_size=5))
def test_sentences_are_the_quotes_as_shown_and_the_pieces_add_up(quotes: list[str]) -> None:
    told = QuoteText()
    pieces = []
    for number, quote in enumerate(quotes, start=1):
        article = Article(id=str(number), title="t", body=f"({quote})", language="en")
        citation = cite(article, number=number, start=1, end=1 + len(quote))
        pieces.append(told.add(citation).text)
    assert "".join(pieces) == told.text
    for sentence, citation in zip(told.sentences, told.citations, strict=True):
        assert citation.quote in quotes
        assert told.text[sentence.start : sentence.end] == neutralise(citation.quote)
        assert told.text[sentence.end :].startswith(f" [{citation.number}]")
