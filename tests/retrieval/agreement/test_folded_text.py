"""A place in folded text is known in the text that it was folded from."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from retrieval.agreement.folded_text import FoldedText


@pytest.mark.parametrize(
    ("text", "folded", "run"),
    [
        ("بلغ ١٤ ألـــفاً", "14 الف", "١٤ ألـــفاً"),
        ("au XIXe siècle, 312 pièces", "312", "312"),
        ("Cafe\u0301 21", "cafe", "Cafe\u0301"),
        ("İzmir'de 40 kişi", "40", "40"),
        ("🚢 ٢٫٠٧ مليون", "2٫07 مليون", "٢٫٠٧ مليون"),
    ],
)
def test_a_run_is_found_by_what_it_reads_as(text: str, folded: str, run: str) -> None:
    place = FoldedText(text)
    start = place.folded.index(folded)
    found = place.span(start, start + len(folded))
    assert found is not None
    assert text[slice(*found)] == run


@given(st.text(alphabet="aé e\u0301XVI12٣ـًبأ\u200f🚢一", max_size=20), st.data())
def test_what_is_found_lies_in_the_text(text: str, data: st.DataObject) -> None:
    place = FoldedText(text)
    assume(place.folded)
    start = data.draw(st.integers(0, len(place.folded) - 1))
    end = data.draw(st.integers(start + 1, len(place.folded)))
    found = place.span(start, end)
    assert found is None or 0 <= found[0] < found[1] <= len(text)
