"""Each leg is given the text that the shape of passages names for it."""

from core.lexical import LexicalEncoder
from core.types import SparseVector
from indexing.chunking import Chunker
from indexing.preparation import prepare
from indexing.shape import Context, PassageShape
from tests.indexing.chunks import SENTENCES, PieceCounter, article, identity

NEWS = article(SENTENCES["ar"].strip(), title="زلزال في الأناضول 🚨")
LEXICAL = LexicalEncoder()


def prepared(shape: PassageShape) -> tuple[tuple[str, ...], tuple[SparseVector, ...]]:
    chunker = Chunker(PieceCounter(), embedder=identity(), shape=shape)
    found = prepare(NEWS, chunker=chunker, lexical=LEXICAL)
    assert [passage.text for passage in found.passages] == [NEWS.body]
    return found.texts, found.lexical


def test_the_title_goes_into_vectors_and_words() -> None:
    whole = f"{NEWS.title}\n{NEWS.body}"

    assert prepared(PassageShape()) == (
        (whole,),
        (LEXICAL.encode_passage(whole, language="ar"),),
    )


def test_words_may_be_those_of_the_body_alone() -> None:
    texts, lexical = prepared(PassageShape(lexical_context=()))

    assert texts == (f"{NEWS.title}\n{NEWS.body}",)
    assert lexical == (LEXICAL.encode_passage(NEWS.body, language="ar"),)


def test_the_title_may_be_in_the_words_alone() -> None:
    texts, lexical = prepared(PassageShape(context=(), lexical_context=(Context.TITLE,)))

    assert texts == (NEWS.body,)
    assert lexical == (LEXICAL.encode_passage(f"{NEWS.title}\n{NEWS.body}", language="ar"),)
