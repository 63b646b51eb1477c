"""The shape of passages: what it refuses, and what of it an index remembers."""

import pytest

from core.errors import ConfigError
from indexing.chunking import Chunker
from indexing.shape import Context, PassageShape
from tests.indexing.chunks import CHUNKER, PieceCounter, identity


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"most_tokens": 47}, "at most 47 tokens would cut most sentences: choose 48 or more"),
        ({"overlap_tokens": -1}, "overlap of -1 tokens"),
        ({"most_tokens": 100, "overlap_tokens": 51}, "choose 0 to 50"),
        ({"overlap_tokens": 9, "overlap_sentences": 0}, "overlap of 0 sentences"),
        ({"context": (Context.TITLE, Context.TITLE)}, "context title.title names a part twice"),
        ({"lexical_context": (Context.DATE, Context.DATE)}, "lexical_context date.date"),
    ],
)
def test_a_shape_that_contradicts_itself_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        PassageShape(**given)  # type: ignore[arg-type]  # one field at a time, as parametrised


def test_an_index_of_before_shapes_could_be_chosen_is_still_known() -> None:
    assert CHUNKER.version == "recursive-1/48/220/64"


@pytest.mark.parametrize(
    ("shape", "version"),
    [
        (PassageShape(most_tokens=128), "recursive-1/42/128/64"),
        (PassageShape(overlap_tokens=55), "recursive-1/48/220/64/overlap-55"),
        (
            PassageShape(overlap_tokens=55, overlap_sentences=1),
            "recursive-1/48/220/64/overlap-55-1",
        ),
        (PassageShape(context=()), "recursive-1/48/220/0/indexes-title"),
        (PassageShape(context=(), lexical_context=()), "recursive-1/48/220/0"),
        (PassageShape(lexical_context=()), "recursive-1/48/220/64/indexes-nothing"),
        (
            PassageShape(context=(Context.TITLE, Context.DATE)),
            "recursive-1/48/220/64/embeds-title+date/indexes-title",
        ),
        (
            PassageShape(
                context=(Context.AFTER, Context.BEFORE),
                lexical_context=(Context.HEADING, Context.TITLE),
            ),
            "recursive-1/48/220/0/embeds-before+after/indexes-title+heading",
        ),
    ],
)
def test_the_version_tells_all_of_the_shape(shape: PassageShape, version: str) -> None:
    assert Chunker(PieceCounter(), embedder=identity(), shape=shape).version == version


def test_the_order_in_which_contexts_are_named_makes_no_other_index() -> None:
    versions = {
        Chunker(PieceCounter(), embedder=identity(), shape=PassageShape(context=order)).version
        for order in [(Context.TITLE, Context.DATE), (Context.DATE, Context.TITLE)]
    }

    assert len(versions) == 1


def test_a_model_without_room_for_the_context_is_refused() -> None:
    with pytest.raises(ConfigError, match="or less context"):
        Chunker(PieceCounter(), embedder=identity(128), shape=PassageShape(context=tuple(Context)))
