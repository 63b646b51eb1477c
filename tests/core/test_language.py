"""Languages of questions, short ones and mixed ones too."""

import pytest

from core.language import UNKNOWN, identify_language, main_script


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ماذا تنص عليه الشراكة؟", "ar"),
        ("بكم", "ar"),
        ("القمة BRICS 2024 في قازان", "ar"),
        ("What does the 2024 partnership stipulate?", "en"),
        ("Quand le traité a-t-il été signé ?", "fr"),
        ("¿Cuándo fue la firma del tratado?", "es"),
        ("Anlaşma ne zaman imzalandı?", "tr"),
        ("Когда подписали договор?", "ru"),
        ("条约是什么时候签署的？", "zh"),
        ("پیمان چه زمانی امضا شد؟", "fa"),
        ("条約はいつ署名されましたか", "ja"),
        ("조약은 언제 서명되었나요", "ko"),
        ("מתי נחתם ההסכם?", "he"),
        ("สนธิสัญญาลงนามเมื่อใด", "th"),
    ],
)
def test_a_question_is_told_by_its_language(text: str, language: str) -> None:
    assert identify_language(text) == language


@pytest.mark.parametrize("text", ["", "2024", "؟؟ !! 5%", "🙂🙂"])
def test_text_without_letters_is_undetermined(text: str) -> None:
    assert identify_language(text) == UNKNOWN
    assert main_script(text) is None


def test_a_latin_name_does_not_turn_an_arabic_question() -> None:
    assert identify_language("متى أعلنت شركة Helios Data Systems عن المركز؟") == "ar"
