"""`sanad ask --citations`: the sources of an answer, for programs that keep bibliographies."""

import json

from pybtex.database import parse_string

from tests.sanad.command import run_sanad
from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import serving

QUESTION = "How many containers did the port of Ras Manar handle in 2024?"


def test_an_answer_gives_its_bibliography(sample_index: Indexed) -> None:
    answered = run_sanad("ask", QUESTION, "--json", data_dir=sample_index.data_dir)
    cited = {citation["article_id"] for citation in json.loads(answered.stdout)["citations"]}
    done = run_sanad("ask", QUESTION, "--citations", "bibtex", data_dir=sample_index.data_dir)
    assert done.returncode == 0, done.stderr
    assert len(parse_string(done.stdout, "bibtex").entries) == len(cited)


def test_an_abstention_has_no_bibliography(sample_index: Indexed) -> None:
    question = "Who won the chess world championship in 1850?"
    done = run_sanad("ask", question, "--citations", "ris", data_dir=sample_index.data_dir)
    assert (done.returncode, done.stdout) == (1, "")


def test_the_answer_and_its_sources_are_not_asked_for_at_once(small_index: Indexed) -> None:
    done = run_sanad("ask", "x", "--json", "--citations", "ris", data_dir=small_index.data_dir)
    assert done.returncode == 2
    assert "give one of them" in done.stderr


def test_a_server_that_owns_the_index_is_asked(small_index: Indexed, copy_index: CopyIndex) -> None:
    with serving(copy_index(small_index)) as served:
        asked = run_sanad("ask", "عدد الحاويات", "--citations", "ris", data_dir=served.data_dir)
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "ID  - ميناء-1\n" in asked.stdout
