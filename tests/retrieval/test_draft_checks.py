"""A draft must cite what it was given, in the right language, without markup of its own."""

import pytest

from core.types import ArticleHeader, Citation
from retrieval.answering.draft_checks import fault_of_draft, is_in_language
from retrieval.answering.drafts import Draft

QUOTE = "يقول الموقع www.almadar.example إن <b>الميناء</b> ناول مليوني حاوية [بحسب بيان]."


def quote(text: str) -> Citation:
    header = ArticleHeader(id="a", title="t", language="ar")
    return Citation(
        number=1,
        header=header,
        quote=text,
        start=0,
        end=len(text),
        prefix="",
        suffix="",
        deep_link=None,
    )


def fault(text: str, *citations: str, language: str = "ar") -> str | None:
    draft = Draft(text=text, citations=citations)
    return fault_of_draft(draft, {"kfzt": quote(QUOTE)}, language=language)


def test_a_cited_sentence_in_the_right_language_has_no_fault() -> None:
    assert fault("ناول الميناء مليوني حاوية، وفق ما جاء في الموقع.", "kfzt") is None


@pytest.mark.parametrize(
    ("text", "citations", "expected"),
    [
        ("…", ("kfzt",), "says nothing"),
        ("ناول " * 200, ("kfzt",), "is too long"),
        ("ناول الميناء مليوني حاوية.", (), "cites nothing"),
        ("ناول الميناء مليوني حاوية.", ("kfzt", "1"), "cites what it was not given"),
        ("انظر https://evil.example", ("kfzt",), "holds markup"),
        ("<img src=x onerror=alert(1)>", ("kfzt",), "holds markup"),
        ("ناول الميناء **مليوني** حاوية", ("kfzt",), "holds markup"),
        ("ناول الميناء مليوني حاوية [٣]", ("kfzt",), "holds markup"),
        ("ناول الميناء مليوني حاوية 【3】", ("kfzt",), "holds markup"),
        ("The port handled two million containers that year.", ("kfzt",), "is in another language"),
    ],
)
def test_every_fault_has_its_name(
    text: str, citations: tuple[str, ...], expected: str | None
) -> None:
    assert fault(text, *citations) == expected


def test_brackets_that_a_quote_holds_are_no_marks_of_the_model() -> None:
    assert fault("ناول الميناء مليوني حاوية كما ورد [بحسب بيان].", "kfzt") is None


@pytest.mark.parametrize("text", ["الموقع هو www.almadar.example", "ناول <b>الميناء</b> حاويات"])
def test_links_and_tags_are_not_repeated_even_from_a_quote(text: str) -> None:
    assert fault(text, "kfzt") == "holds markup"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("2024: 5 %", "ar", True),
        ("BRICS, NATO, OPEC", "ar", True),
        ("وصل وفد من BRICS وOPEC إلى قازان أمس", "ar", True),
        ("已服从", "en", False),
        ("أطعت.", "en", False),
        ("He obeyed", "ar", False),
        ("Так точно", "tr", False),
        ("The delegation arrived in Kazan yesterday morning", "ar", False),
        ("دلیل این تصمیم هنوز روشن نیست و بررسی ادامه دارد", "ar", False),
        ("昨天代表团抵达喀山参加会议讨论经济合作问题并签署多项协议文件", "zh", True),
    ],
)
def test_a_language_is_told_where_there_is_enough_to_tell_it(
    text: str, language: str, expected: bool
) -> None:
    assert is_in_language(text, language=language) is expected
