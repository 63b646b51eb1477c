"""What a question asks for, by its question words, in eight languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering.spans.asked import Asked, measure_asked, question_words, what_is_asked

QUESTIONS = [
    ("ar", "كم بلغ عدد الحاويات؟", Asked.NUMBER),
    ("ar", "ما هي نسبة البطالة في ٢٠٢٤؟", Asked.NUMBER),
    ("ar", "مَتـى وُقّعت المعاهدة؟", Asked.TIME),
    ("ar", "في أيّ عام انضمت السويد؟", Asked.TIME),
    ("ar", "من وقّع الاتفاق؟", Asked.PERSON),
    ("ar", "ومن هو رئيس الوزراء؟", Asked.PERSON),
    ("ar", "أين عُقدت القمة؟", Asked.PLACE),
    ("ar", "ما اسم المدينة التي ضربها الزلزال؟", Asked.PLACE),
    ("ar", "ماذا قال الوزير؟", Asked.OTHER),
    ("ar", "لماذا تراجعت الأسعار؟", Asked.OPEN),
    ("ar", "كيف تنتقل العدوى؟", Asked.OPEN),
    ("ar", "هل وافق البرلمان؟", Asked.OPEN),
    ("ar", "ماذا حدث في الميناء؟", Asked.OPEN),
    ("en", "How many containers were handled?", Asked.NUMBER),
    ("en", "What percentage of voters agreed?", Asked.NUMBER),
    ("en", "When was the treaty signed?", Asked.TIME),
    ("en", "In what year did Sweden join?", Asked.TIME),
    ("en", "Who signed the treaty when it rained?", Asked.PERSON),
    ("en", "What is the name of the company?", Asked.PERSON),
    ("en", "Where was the summit?", Asked.PLACE),
    ("en", "Which city was hit?", Asked.PLACE),
    ("en", "What season is the driest?", Asked.OTHER),
    ("en", "How did it spread?", Asked.OPEN),
    ("en", "Did parliament agree?", Asked.OPEN),
    ("en", "treaty Moscow Pyongyang", Asked.OPEN),
    ("fr", "Combien de conteneurs ?", Asked.NUMBER),
    ("fr", "Où a eu lieu le sommet ?", Asked.PLACE),
    ("fr", "Pourquoi les prix baissent-ils ?", Asked.OPEN),
    ("es", "¿Cuándo se firmó?", Asked.TIME),
    ("es", "¿Cómo se llama el puerto?", Asked.OTHER),
    ("es", "¿Por qué bajaron?", Asked.OPEN),
    ("tr", "Anlaşmayı kim imzaladı?", Asked.PERSON),
    ("tr", "Köprü hangi şehirde açıldı?", Asked.PLACE),
    ("tr", "Kaç kişi katıldı?", Asked.NUMBER),
    ("tr", "Meclis onayladı mı?", Asked.OPEN),
    ("ru", "Кто подписал договор?", Asked.PERSON),
    ("ru", "В каком году это было?", Asked.TIME),
    ("ru", "Почему упали цены?", Asked.OPEN),
    ("fa", "چه کسی قرارداد را امضا کرد؟", Asked.PERSON),
    ("fa", "قیمت نفت چند دلار شد؟", Asked.NUMBER),
    ("fa", "چرا قیمت‌ها کاهش یافت؟", Asked.OPEN),
    ("zh", "大桥是什么时候通车的？", Asked.TIME),
    ("zh", "在哪一年通车？", Asked.TIME),
    ("zh", "有多少人参加？", Asked.NUMBER),
    ("zh", "哪座城市受灾？", Asked.PLACE),
    ("zh", "谁签署了协议？", Asked.PERSON),
    ("zh", "为什么停工？", Asked.OPEN),
    ("ja", "大橋はいつ開通しましたか", Asked.OPEN),
]


@pytest.mark.parametrize(("language", "question", "kind"), QUESTIONS)
def test_the_question_word_tells_what_is_asked_for(
    language: str, question: str, kind: Asked
) -> None:
    assert what_is_asked(question, language=language) is kind


@given(st.text(max_size=80), st.sampled_from(["ar", "en", "zh", "tr", "fa", "und"]))
def test_any_text_is_read_and_asks_for_something_known(text: str, language: str) -> None:
    assert what_is_asked(text, language=language) in Asked
    if what_is_asked(text, language=language) is not Asked.OPEN:
        assert question_words(text, language=language)


@pytest.mark.parametrize(
    ("language", "question", "measure"),
    [
        ("ar", "كم تبلغ قيمة الصفقة؟", "money"),
        ("ar", "ما هي النسبة المئوية للمشاركين؟", "percent"),
        ("en", "How much does it cost?", "money"),
        ("en", "What percentage agreed?", "percent"),
        ("fr", "Combien coûte la bandelette ?", "money"),
        ("zh", "这个多少钱？", "money"),
        ("tr", "Yüzde kaçı kabul etti?", "percent"),
        ("en", "How many cranes are there?", None),
        ("ja", "いくらですか", None),
    ],
)
def test_an_amount_or_a_share_is_asked_for_by_name(
    language: str, question: str, measure: str | None
) -> None:
    assert measure_asked(question, language=language) == measure
