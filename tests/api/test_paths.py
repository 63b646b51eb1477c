"""From an id to a path and back: no id is lost, and none is taken for another."""

import re
from urllib.parse import quote

import pytest
from fastapi import HTTPException
from hypothesis import given
from hypothesis import strategies as st

from api.paths import ARTICLES, ID_PATTERN, decode_article_id, routing_path
from api.schemas.fields import fault_of_id

IDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


def segments(raw_path: str) -> list[str]:
    return routing_path(raw_path.encode("ascii")).removeprefix(ARTICLES).split("/")


@given(IDS, st.booleans())
def test_an_encoded_id_comes_back_whatever_follows_it(article_id: str, passages: bool) -> None:
    raw = ARTICLES + quote(article_id, safe="") + "/passages" * passages
    found, *rest = segments(raw)
    assert rest == ["passages"] * passages
    if fault_of_id(article_id) is None:
        assert decode_article_id(found) == article_id


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from([".", ".."])
)
def test_the_document_tells_which_ids_are_taken(article_id: str) -> None:
    assert bool(re.fullmatch(ID_PATTERN, article_id)) is (fault_of_id(article_id) is None)


@given(IDS.filter(lambda text: not text.endswith("/passages")))
def test_plain_slashes_mean_the_same_as_encoded_ones(article_id: str) -> None:
    assert segments(ARTICLES + quote(article_id, safe="/")) == [quote(article_id, safe="")]


@pytest.mark.parametrize("encoded", ["%FF", "%C3%28", "%ED%A0%80", "%00", "%0A", "%20%20", "%2E"])
def test_what_is_no_id_is_a_problem(encoded: str) -> None:
    with pytest.raises(HTTPException) as caught:
        decode_article_id(encoded)
    assert caught.value.status_code == 400


def test_raw_bytes_that_a_lax_server_lets_through_are_read_as_utf8() -> None:
    path = routing_path("/v1/articles/أ".encode())
    assert decode_article_id(path.removeprefix(ARTICLES)) == "أ"
