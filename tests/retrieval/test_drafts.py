"""Sentences are read from whatever a model writes, as soon as they are complete, never before."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.answering.drafts import MAX_CHARS, Draft, DraftReader


def read(reply: str, *, size: int = 4, is_whole: bool = True) -> list[Draft]:
    reader = DraftReader()
    pieces = (reply[start : start + size] for start in range(0, len(reply), size))
    drafts = [draft for piece in pieces for draft in reader.feed(piece)]
    return [*drafts, *(reader.close() if is_whole else [])]


def draft(text: str, *citations: str) -> Draft:
    return Draft(text=text, citations=citations)


ONE = draft("قال الوزير: «نعم» {2024}.", "kfzt")
TWO = draft('The port\'s "new" cranes\\arrive 🚢', "kfzt", "mnpq")

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="[]【】［］"), min_size=1
)


@settings(deadline=None)
@given(
    texts=st.lists(TEXTS.filter(str.strip), max_size=4),
    size=st.integers(1, 40),
    is_ascii=st.booleans(),
)
def test_what_is_asked_for_is_read_whole_however_it_is_cut(
    texts: list[str], size: int, is_ascii: bool
) -> None:
    listed = [{"citations": ["kfzt"], "text": text} for text in texts]
    reply = json.dumps({"sentences": listed}, ensure_ascii=is_ascii)
    assert read(reply, size=size) == [draft(text.strip(), "kfzt") for text in texts]


def test_a_sentence_is_given_as_soon_as_its_object_closes() -> None:
    reader = DraftReader()
    assert reader.feed('{"sentences": [{"citations": ["kfzt"], "text": "One.') == []
    assert reader.feed('"}') == [draft("One.", "kfzt")]
    assert reader.feed(', {"citations": ["kfzt"], "text": "Tw') == []


def both(separator: str) -> str:
    return separator.join(
        json.dumps({"text": one.text, "citations": list(one.citations)}, ensure_ascii=False)
        for one in (ONE, TWO)
    )


@pytest.mark.parametrize(
    "reply",
    [
        f"[{both(', ')}]",
        both("\n"),
        f'{{"sentences": [{both(",")}]}} I hope that this helps!',
        f"Here is the answer:\n```json\n[{both(',')}]\n```",
        f'<think>Hm, {{}} perhaps {{"text": "no"}}?</think>\n{both(" ")}',
        f'{{"sentences": [{both(",")}, {{"citations": ["kfzt"], "text": "cut of',
        f'{{"text": "one "quote" too many", "citations": []}}\n{both(chr(10))}',
        f'{{"note": "no text here"}}{both("")}{{"text": 7}}{{"text": " "}}',
    ],
)
def test_json_is_found_in_whatever_surrounds_it(reply: str) -> None:
    assert read(reply) == [ONE, TWO]


@pytest.mark.parametrize(
    "cited",
    ['["kfzt", "mnpq"]', '"kfzt, mnpq"', '[{"id": "kfzt"}, ["mnpq"]]', '"[kfzt][mnpq]"'],
)
def test_ids_are_read_in_whatever_form_they_come(cited: str) -> None:
    assert read(f'{{"text": "One.", "citations": {cited}}}') == [draft("One.", "kfzt", "mnpq")]


def test_ids_inside_a_text_are_citations_and_no_text() -> None:
    assert read('{"text": "One [kfzt, mnpq]. [1]"}') == [draft("One.", "kfzt", "mnpq", "1")]
    assert read('{"text": "One【kfzt】", "citations": ["mnpq"]}') == [draft("One", "mnpq", "kfzt")]


def test_plain_text_is_read_with_the_ids_that_close_each_run() -> None:
    reply = "- One and two [kfzt][mnpq]. ثلاثة [mnpq]؟\n2. Four [kfzt]"
    expected = [
        draft("One and two.", "kfzt", "mnpq"),
        draft("ثلاثة؟", "mnpq"),
        draft("Four", "kfzt"),
    ]
    assert read(reply) == expected


def test_plain_lines_are_given_when_they_end() -> None:
    reader = DraftReader()
    assert reader.feed("One [kfzt].") == []
    assert reader.feed("\nTwo") == [draft("One.", "kfzt")]
    assert reader.close() == [draft("Two")]


def test_plain_text_without_ids_cites_nothing() -> None:
    assert read("I think so.\nBecause [kfzt].\n") == [
        draft("Because.", "kfzt"),
        draft("I think so."),
    ]


@pytest.mark.parametrize("reply", ["", " \n", "{", "{}", "[]", '{"sentences": []}', "<think>Hm"])
def test_nothing_said_gives_nothing(reply: str) -> None:
    assert read(reply) == []


def test_a_reply_without_end_is_not_read_without_end() -> None:
    assert read("x " * MAX_CHARS + both(" "), size=5_000, is_whole=False) == []


@settings(deadline=None)
@given(st.text('{}[]",:\\ab\n<think>/ ', max_size=200), st.integers(1, 9))
def test_no_reply_makes_it_fail_or_depends_on_the_pieces_for_its_citations(
    reply: str, size: int
) -> None:
    assert read(reply, size=size) == read(reply, size=1)
