"""Markdown as readers see it."""

import pytest

from indexing.sources.markdown import render_markdown

CASES = {
    "emphasis": ("**مهم** و*مائل* و`رمز`", "مهم ومائل ورمز"),
    "links": ("[نص](http://a.example) و<http://b.example>", "نص وhttp://b.example"),
    "images": ("قبل ![صورة](a.png) بعد", "قبل  بعد"),
    "wrapped lines": ("سطر أول\nسطر ثان", "سطر أول سطر ثان"),
    "wrapped Chinese": ("莫斯科与\n平壤签署", "莫斯科与平壤签署"),
    "wrapped before a link": ("سطر\n[رابط](http://a.example)", "سطر رابط"),
    "hard breaks": ("سطر أول  \nسطر ثان<br>ثالث", "سطر أول\nسطر ثان\nثالث"),
    "paragraphs": ("أول\n\n\n\nثان", "أول\n\nثان"),
    "bullets": ("قبل\n\n- أ\n- ب\n\nبعد", "قبل\n\n• أ\n• ب\n\nبعد"),
    "numbers": ("3. أ\n4. ب", "3. أ\n4. ب"),
    "nested lists": ("- أ\n  1. ب\n  2. ج\n- د", "• أ\n1. ب\n2. ج\n• د"),
    "two lists": ("- أ\n\ntext\n\n- ب", "• أ\n\ntext\n\n• ب"),
    "quote": ("> قال نعم", "قال نعم"),
    "code": ("```py\nx = 1\n\ny = 2\n```", "x = 1\n\ny = 2"),
    "table": ("| أ | ب |\n|---|---|\n| 1 | |\n\nبعد", "أ | ب\n1 | \n\nبعد"),
    "raw HTML": ("<div>نص <b>مهم</b></div>\n\nبعد <i>مائل</i>", "نص مهم\n\nبعد مائل"),
    "scripts": ("<script>alert(1)</script>\n\nنص", "نص"),
    "comments": ("<!-- سر -->\n\nنص", "نص"),
    "entities": ("A &amp; B &lt;c&gt;", "A & B <c>"),
    "escapes": (r"2 \* 3 \_x\_", "2 * 3 _x_"),
    "rule": ("أ\n\n---\n\nب", "أ\n\nب"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_markdown_shows_as_text(name: str) -> None:
    text, expected = CASES[name]

    assert render_markdown(text).body == expected


def test_a_leading_heading_is_apart_and_later_ones_are_lines_of_their_own() -> None:
    rendered = render_markdown("# **عنوان** [x](y)\n\nنص\n\n## قسم\nنص آخر\n\nقسم ثان\n---\nنص")

    assert rendered.lead == "عنوان x"
    assert rendered.first_heading == "عنوان x"
    assert rendered.body == "نص\n\nقسم\n\nنص آخر\n\nقسم ثان\n\nنص"


def test_a_heading_below_text_is_not_apart() -> None:
    rendered = render_markdown("نص\n\n# عنوان")

    assert rendered.lead is None
    assert rendered.first_heading == "عنوان"
    assert rendered.body == "نص\n\nعنوان"
