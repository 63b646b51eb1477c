"""Questions to the sample archive whose sources disagree, and others like them, listed by hand."""

from pathlib import Path

import pytest

from core.settings import load_settings
from core.types import Answer
from retrieval.abstention import SIGNALS, AbstentionModel
from retrieval.answering import extractive
from retrieval.query import Question
from sanad.composition import open_index, open_models, open_reader
from tests.sanad.command import SAMPLE, run_sanad

pytestmark = pytest.mark.anyio

DEAD = ["41", "٣٤", "17"]
TURNOUT = ["51.8%", "٤٧٫٣ في المئة"]
DISPUTED = {
    "كم عدد قتلى فيضان عين السدرة؟": DEAD,
    "How many people died in the Ain Sidra flood?": DEAD,
    "¿Cuántos muertos dejó la riada de Ain Sidra?": DEAD,
    "Combien de morts dans les inondations d'Ain Sidra ?": DEAD,
    "كم مفقوداً خلّفت سيول عين السدرة؟": ["تسعة", "26"],
    "كم بلغت نسبة المشاركة في انتخابات وادي الزهر؟": TURNOUT,
    "final turnout Wadi al-Zahr local elections 2025": TURNOUT,
    "Quelle a été la participation aux élections locales de Wadi al-Zahr ?": TURNOUT,
    "Wadi al-Zahr yerel seçimlerinde katılım oranı ne kadardı?": TURNOUT,
}
"""Questions with their figures, newest first. The dead are told in Arabic and Spanish.

"What was the turnout in the Wadi al-Zahr local elections?" is missing: its best sentence is of
polling stations, so nothing is in dispute there, since decision 50.
"""

UNDISPUTED = (
    "كم حاوية ناول ميناء رأس المنار؟",  # of three years
    "How many containers does the port of Ras Manar handle a year?",
    "كم مهاجراً أنقذت سفينة أفق؟",  # corrected
    "كم كلفة شارع الخمائل في إربد؟",  # corrected
    "ما القدرة المركبة لمحطة قصر الريح؟",  # corrected
    "كم عدد أعشاش السلاحف على شواطئ خليج سرت؟",  # corrected
    "How much money did Nabra raise?",  # two outlets agree
    "كم تبلغ موجودات المصرف بعد اندماج السواقي والجسر الأهلي؟",  # three agree
    "What was the score of the handball final in Mersin?",
    "كم قطعة خزفية عُثر عليها في مرسى ريسوم؟",
    "متى وُقعت معاهدة الشراكة بين روسيا وكوريا الشمالية؟",
    "كم عدد ناخبي وادي الزهر المسجلين؟",
    "كم موظفاً يعمل في ميناء رأس المنار؟",
    "How many goals did Rim Garsalli score in the final?",
    "كم منزلاً دمّر فيضان عين السدرة؟",
    "When did Sweden join NATO?",
)


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "data"
    process = run_sanad("index", str(SAMPLE), data_dir=folder)
    assert process.returncode == 0, process.stderr
    return folder


async def answers(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Answer]:
    """All questions asked, and none abstained on: how sure Sanad is, is not the matter here."""
    sure = AbstentionModel(
        weights=dict.fromkeys(SIGNALS, 0.0), bias=5.0, answer_above=0.5, partial_above=0.5
    )
    monkeypatch.setattr(extractive, "abstention_model", lambda: sure)
    settings = load_settings({"SANAD_DATA_DIR": str(data_dir)})
    models = await open_models(settings, report=lambda _: None)
    async with open_index(settings, models, command="pytest", create=False) as store:
        reader = await open_reader(settings, models, store, report=lambda _: None)
        return {
            question: await reader.answerer.answer(Question(text=question))
            for question in (*DISPUTED, *UNDISPUTED)
        }


async def test_the_disputed_figures_of_the_sample_are_told_and_no_others(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await answers(data_dir, monkeypatch)
    told = {
        question: [claim.figure for conflict in answer.conflicts for claim in conflict.claims]
        for question, answer in found.items()
    }
    alarms = {question: told[question] for question in UNDISPUTED if told[question]}
    assert alarms == {}
    assert {question: told[question] for question in DISPUTED} == DISPUTED
    for question in DISPUTED:
        [conflict] = found[question].conflicts
        assert [claim.citation for claim in conflict.claims if claim.citation] == sorted(
            claim.citation for claim in conflict.claims if claim.citation
        )
        assert sum(claim.citation is not None for claim in conflict.claims) >= 2
