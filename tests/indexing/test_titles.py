"""Titles of texts that have none apart, and headings inside."""

import pytest

from indexing.headings import is_heading, is_headline
from indexing.titles import MAX_DERIVED_CHARS, derived_title, split_headline

PARAGRAPH = "وقّعت موسكو وبيونغ يانغ في يونيو 2024 اتفاقية الشراكة الشاملة، وهي أوسع اتفاقية بينهما."


@pytest.mark.parametrize(
    "title",
    [
        "موسكو وبيونغ يانغ توقّعان اتفاقية",
        "هل تنجح الهدنة؟",
        "«سند» تتوسع",
        "The U.S. and Korea sign",
        "平壤与莫斯科签署条约",
        "2024: عام الاتفاقيات",
    ],
)
def test_a_short_first_line_above_a_blank_line_is_the_title(title: str) -> None:
    assert split_headline(f"\n\n{title}\n\n{PARAGRAPH}\n\n") == (title, PARAGRAPH)


def test_a_short_first_line_directly_above_a_paragraph_is_the_title() -> None:
    assert split_headline(f"توقيع الاتفاقية\n{PARAGRAPH}") == ("توقيع الاتفاقية", PARAGRAPH)


@pytest.mark.parametrize(
    "first",
    [
        "قال الوزير نعم.",
        "أعلنت الحكومة ما يلي:",
        "- بند أول",
        "1. بند أول",
        "2024",
        "م" * 151,
        PARAGRAPH,
    ],
)
def test_a_first_line_that_is_text_stays_in_the_body(first: str) -> None:
    text = f"{first}\n\n{PARAGRAPH}"

    assert split_headline(text) == (None, text)


def test_a_lone_line_is_body() -> None:
    assert split_headline("توقيع الاتفاقية\n") == (None, "توقيع الاتفاقية")


def test_a_wrapped_paragraph_has_no_headline() -> None:
    assert not is_headline("The treaty says that each side", rest="helps the other in war.")


def test_indentation_of_the_first_line_stays() -> None:
    assert split_headline(f"\n  {PARAGRAPH}") == (None, f"  {PARAGRAPH}")


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("قال الوزير نعم. ثم مضى إلى بيته.", "قال الوزير نعم."),
        ("قال: “لا!” ثم مضى.", "قال: “لا!”"),
        ("قال د. محمد إن العام انتهى. وأضاف.", "قال د. محمد إن العام انتهى."),
        ("莫斯科与平壤签署条约。双方同意。", "莫斯科与平壤签署条约。"),
        ("عنوان\n\nقال الوزير نعم. ثم مضى.", "عنوان"),
        ("  سطر\u00a0أول  هنا", "سطر أول هنا"),
        ("👍", "👍"),
    ],
)
def test_a_missing_title_is_the_headline_or_the_first_sentence(body: str, title: str) -> None:
    assert derived_title(body) == title


@pytest.mark.parametrize(
    "body", ["كلمة طويلة، " * 40, "word " * 90, "莫斯科与平壤签署条约" * 40, "👨‍👩‍👧‍👦" * 90]
)
def test_a_long_first_sentence_is_cut_at_a_word_and_marked(body: str) -> None:
    title = derived_title(body)

    assert MAX_DERIVED_CHARS // 2 < len(title) <= MAX_DERIVED_CHARS
    assert title.endswith("…")
    head = title[:-1]
    assert body.startswith(head)
    assert body[len(head)] in " ،👨" or "莫斯科" in head


def heading(*lines: str, blank_lines: bool = True) -> list[bool]:
    return [
        is_heading(lines, index, after_blank=blank_lines or index == 0, before_blank=blank_lines)
        for index in range(len(lines))
    ]


def test_short_lines_without_a_stop_above_text_are_headings() -> None:
    assert heading(PARAGRAPH, "“واجب أخوي”", PARAGRAPH, "ما التالي؟", PARAGRAPH) == [
        False,
        True,
        False,
        True,
        False,
    ]


def test_a_heading_may_stand_above_another() -> None:
    assert heading("خلفية", "شراكة استراتيجية", PARAGRAPH) == [True, True, False]


def test_what_stands_above_no_text_is_no_heading() -> None:
    assert heading(PARAGRAPH, "شراكة استراتيجية") == [False, False]
    assert heading("الهلال 2", "النصر 1", "الأهلي 0", "الاتحاد 3") == [False] * 4


def test_a_short_line_within_running_lines_is_no_heading() -> None:
    assert heading(PARAGRAPH, "شراكة استراتيجية", PARAGRAPH, blank_lines=False) == [False] * 3


def test_a_question_directly_above_text_is_speech() -> None:
    lines = ("هل هذا صحيح؟", PARAGRAPH)

    assert not is_heading(lines, 0, after_blank=True, before_blank=False)
    assert is_heading(lines, 0, after_blank=True, before_blank=True)
