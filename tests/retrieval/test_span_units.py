"""Words and figures: exact places in every script, and figures that stay whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.backends.memory_embedder import WordCounter
from retrieval.answering.spans.units import split_units, token_slices

MIXED = (
    "قالـ الوزيرُ: «٥ ملايين دولار» في 19 يونيو/حزيران 2024. US$3.5 bn, AS-206; it's 45 %!\n"
    "大桥于2023年5月3日通车，耗资500万美元。سال ۱۴۰۳ می‌شود 🙂👍🏽 %45 İstanbul'da สวัสดี"
)


@given(st.text(alphabet=st.one_of(st.sampled_from(MIXED), st.characters()), max_size=60))
def test_units_stand_in_the_text_in_order_and_apart(text: str) -> None:
    units = split_units(text)
    place = 0
    for unit in units:
        assert place <= unit.start < unit.end <= len(text)
        assert unit.folded
        place = unit.end


@pytest.mark.parametrize(
    ("text", "figure", "kind"),
    [
        ("بلغت ٥ ملايين دولار أمريكي أمس", "٥ ملايين دولار أمريكي", "number"),
        ("بنسبة 12 في المئة خلال عام", "12 في المئة", "number"),
        ("وُقّعت في 19 يونيو/حزيران 2024 بموسكو", "19 يونيو/حزيران 2024", "date"),
        ("في ١٢ كانون الثاني ٢٠٢٥ أعلن", "١٢ كانون الثاني ٢٠٢٥", "date"),
        ("handled 2.07 million containers", "2.07 million", "number"),
        ("it cost $2.07 million in all", "$2.07 million", "number"),
        ("a rise of 45 % since", "45 %", "number"),
        ("signed on June 19, 2024 in Moscow", "June 19, 2024", "date"),
        ("between 1990-1995 it fell", "1990-1995", "number"),
        ("founded in 1998 there", "1998", "year"),
        ("el 5 de junio de 2024 firmaron", "5 de junio de 2024", "date"),
        ("costó 3 millones de euros ayer", "3 millones de euros", "number"),
        ("fiyatlar yüzde 45 arttı", "yüzde 45", "number"),
        ("fiyatlar %45 arttı", "%45", "number"),
        ("大桥于2023年5月3日通车", "2023年5月3日", "date"),
        ("耗资500万美元建成", "500万美元", "number"),
        ("约百分之45的人", "百分之45", "number"),
        ("قیمت نفت به ۸۳ دلار رسید", "۸۳", "number"),
        ("ثلاثة ملايين نازح", "ثلاثة ملايين", "number"),
    ],
)
def test_a_figure_keeps_what_belongs_to_it(text: str, figure: str, kind: str) -> None:
    found = {text[unit.start : unit.end]: unit.kind for unit in split_units(text)}
    assert found[figure] == kind


def test_figures_in_different_sentences_stay_apart() -> None:
    text = "There were 5. June 2024 was hot; 12\n2023 was not."
    found = [text[unit.start : unit.end] for unit in split_units(text) if unit.is_figure]
    assert found == ["5", "June 2024", "12", "2023"]


@pytest.mark.parametrize("before", ["", "قبل ذلك. "])
def test_each_unit_has_the_tokens_that_are_read_of_it(before: str) -> None:
    quote = "بلغت ٥ ملايين (دولار)، إذن."
    text = before + quote + " وبعد."
    units = split_units(quote)
    count = WordCounter().count_tokens([quote])[0]
    slices = token_slices(units, text, start=len(before), tokens=count, locator=WordCounter())
    # Words and signs are a token each: after "ملايين" comes a bracket.
    assert [(one.start, one.stop) for one in slices] == [(0, 1), (1, 3), (4, 5), (7, 8)]


def test_a_unit_inside_a_token_has_that_token() -> None:
    class OneToken(WordCounter):
        def tokens_before(self, text: str, places: object) -> list[int]:
            return [int(place == len(text)) for place in list(places)]  # type: ignore[call-overload]

    units = split_units("大桥通车")
    assert len(units) > 1
    slices = token_slices(units, "大桥通车", tokens=1, locator=OneToken())
    assert set(map(str, slices)) == {"slice(0, 1, None)"}
