"""`sanad ask` and `sanad serve` with a chat endpoint: verified words, or quotes, and no leaks."""

import json

import httpx
import pytest

from tests.contracts.chat_endpoint import Asked, Reply, refuses, running_endpoint, says, sentences
from tests.retrieval.generating import quotes_in
from tests.sanad.command import run_sanad
from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import serving

KEY = "hunter2-hunter2"
QUESTION = "كم حاوية ناول ميناء رأس المنار في 2024؟"


def repeats(asked: Asked) -> Reply:
    """The first quote, word for word, and a lie."""
    key, text = next(iter(quotes_in(asked).items()))
    return sentences((text, [key]), ("ناول الميناء 9.99 مليون حاوية.", [key]))


def test_ask_shows_verified_sentences_and_counts_the_others(sample_index: Indexed) -> None:
    with running_endpoint() as endpoint:
        endpoint.replies = [repeats]
        settings = {
            "SANAD_LLM_BASE_URL": endpoint.url,
            "SANAD_LLM_MODEL": "m",
            "SANAD_LLM_API_KEY": KEY,
        }
        whole = run_sanad("ask", QUESTION, "--json", data_dir=sample_index.data_dir, **settings)
        shown = run_sanad("ask", QUESTION, data_dir=sample_index.data_dir, **settings)
    answer = json.loads(whole.stdout)
    assert (answer["mode"], answer["withheld"], answer["query"]) == ("generated", 1, QUESTION)
    said = [answer["text"][one["start"] : one["end"]] for one in answer["sentences"]]
    assert said
    assert "9.99" not in answer["text"]
    assert said[0] in shown.stdout
    assert KEY not in whole.stderr + shown.stderr
    assert endpoint.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_ask_with_a_dead_endpoint_gives_quotes(sample_index: Indexed) -> None:
    settings = {"SANAD_LLM_BASE_URL": "http://127.0.0.1:9/v1", "SANAD_LLM_MODEL": "m"}
    process = run_sanad("ask", QUESTION, "--json", data_dir=sample_index.data_dir, **settings)
    answer = json.loads(process.stdout)
    assert process.returncode == 0
    assert answer["mode"] == "extractive"
    assert answer["notices"][0] == "لم يمكن إثبات أي إجابة مصوغة؛ هذه اقتباسات من الأرشيف."


def test_a_client_that_leaves_the_server_leaves_the_endpoint(
    sample_index: Indexed, copy_index: CopyIndex
) -> None:
    with running_endpoint() as endpoint:
        settings = {"SANAD_LLM_BASE_URL": endpoint.url, "SANAD_LLM_MODEL": "m"}
        with serving(copy_index(sample_index), **settings) as served:
            endpoint.replies = [refuses(500)]
            quoted = served.client.post("/v1/answers", json={"question": QUESTION}).json()
            assert quoted["mode"] == "extractive"
            endpoint.replies = [Reply(is_held=True)]
            with pytest.raises(httpx.ReadTimeout):
                served.client.post("/v1/answers", json={"question": QUESTION}, timeout=3)
            assert endpoint.left.wait(10)
            history = [{"role": "user", "text": QUESTION}]
            endpoint.replies = [refuses(500)]
            follow_up = {"question": "وفي 2025؟", "history": history}
            again = served.client.post("/v1/answers", json=follow_up).json()
    assert again["query"] == "كم حاوية ناول ميناء رأس المنار في 2025؟"


@pytest.mark.parametrize(("reply", "is_right"), [(says("yes"), True), (refuses(401), False)])
def test_doctor_asks_the_endpoint_for_a_word(
    sample_index: Indexed, reply: Reply, is_right: bool
) -> None:
    with running_endpoint() as endpoint:
        endpoint.replies = [reply]
        process = run_sanad(
            "doctor",
            "--json",
            data_dir=sample_index.data_dir,
            SANAD_LLM_BASE_URL=endpoint.url,
            SANAD_LLM_MODEL="m",
            SANAD_LLM_API_KEY=KEY,
        )
    found = {one["check"]: one for one in json.loads(process.stdout)}["chat endpoint"]
    assert found["ok"] is is_right
    assert ("SANAD_LLM_API_KEY" in found["detail"]) is not is_right
    assert KEY not in process.stdout + process.stderr
