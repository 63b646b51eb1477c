"""A file of sites is taken as it is meant, or refused with the line of each fault."""

from pathlib import Path

import pytest

from api.access.budgets import BudgetPlan
from core.errors import ConfigError
from core.passage_filter import PassageFilter
from sanad.access.site_file import read_sites

GOOD = """\
sites:
  - id: almadar
    name: المدار
    origins: [https://almadar.example, https://www.almadar.example]
    filter: {sources: [المدار], languages: [ar, fa], sections: [world], tags: [دبلوماسية]}
    budgets: {visitor_questions_per_day: 5, site_tokens_per_day: 1000}
  - id: demo
    name: A demo
    origins:
      - http://localhost:8000
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sites.yaml"


def test_a_site_has_origins_a_collection_and_budgets(path: Path) -> None:
    path.write_text(GOOD, encoding="utf-8")
    almadar, demo = read_sites(path)
    assert (almadar.id, almadar.name) == ("almadar", "المدار")
    assert almadar.origins == {"https://almadar.example", "https://www.almadar.example"}
    assert almadar.allowed == PassageFilter(
        sources=("المدار",), languages=("ar", "fa"), sections=("world",), tags=("دبلوماسية",)
    )
    assert almadar.plan == BudgetPlan(visitor_questions_per_day=5, site_tokens_per_day=1000)
    assert (demo.allowed, demo.plan) == (PassageFilter(), BudgetPlan())


def test_a_file_without_sites_has_none(path: Path) -> None:
    path.write_text("sites: []\n", encoding="utf-8")
    assert read_sites(path) == []


def site(line: str) -> str:
    return f"sites:\n  - id: a\n    name: A\n    origins: [https://a.example]\n    {line}\n"


FAULTS = [
    (site("colour: red"), 5, "unknown key 'colour'"),
    (site("filter: {source: [x]}"), 5, "unknown key 'source'"),
    (site("filter:\n      sources: [x]\n      topics: [y]"), 7, "unknown key 'topics'"),
    (site("filter: {sources: []}"), 5, "the list is empty"),
    (site("filter: {languages: [Arabic]}"), 5, "languages"),
    (site("filter: {sources: x}"), 5, "sources"),
    (site("budgets: {visitor_questions_per_day: 0}"), 5, "greater than or equal to 1"),
    (site("budgets: {visitor_questions_per_day: many}"), 5, "visitor_questions_per_day"),
    (site("budgets: {visitor_questions_per_day: true}"), 5, "visitor_questions_per_day"),
    (site("budgets: {per_day: 5}"), 5, "unknown key 'per_day'"),
    (site("name: B"), 5, "the key 'name' stands twice"),
    ("sites:\n  - id: a\n    name: A\n    origins: ['*']\n", 4, "would let every page in"),
    ("sites:\n  - id: a\n    name: A\n    origins: [http://a.example]\n", 4, "plain http"),
    ("sites:\n  - id: a\n    name: A\n    origins: [https://a.example/]\n", 4, "no origin"),
    ("sites:\n  - id: a\n    name: A\n    origins: []\n", 4, "at least 1 item"),
    ("sites:\n  - id: a\n    name: A\n", 2, "'origins' is missing"),
    ("sites:\n  - id: A b\n    name: A\n    origins: [https://a.example]\n", 2, "id"),
    ("sites:\n  - id: 7\n    name: A\n    origins: [https://a.example]\n", 2, "id"),
    ("site: []\n", 1, "'sites' is missing"),
    ("sites: {a: b}\n", 1, "sites"),
    ("- a\n", 1, ""),
    ("sites: [\n", 2, "no YAML"),
    ("sites: &a [*a]\n", 1, "aliases are not read"),
    ("sites:\n  - !!python/object/apply:os.system [true]\n", 2, "no YAML"),
    ("", 1, ""),
]


@pytest.mark.parametrize(("text", "line", "says"), FAULTS, ids=range(len(FAULTS)))
def test_a_fault_is_told_with_its_line(path: Path, text: str, line: int, says: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"sites\.yaml:{line}: ") as caught:
        read_sites(path)
    assert says in str(caught.value)


def test_an_id_that_stands_twice_is_refused(path: Path) -> None:
    path.write_text(GOOD.replace("id: demo", "id: almadar"), encoding="utf-8")
    with pytest.raises(ConfigError, match="the id almadar stands at more than one site"):
        read_sites(path)


def test_many_faults_are_told_shortly(path: Path) -> None:
    path.write_text("sites:\n" + "  - {}\n" * 20, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"and 55 more") as caught:
        read_sites(path)
    assert len(str(caught.value)) < 1_000


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_sites(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("sites: é".encode("latin-1"))
    with pytest.raises(ConfigError, match="is not UTF-8"):
        read_sites(tmp_path / "latin.yaml")
    (tmp_path / "large.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(ConfigError, match="has more than 1000000 bytes"):
        read_sites(tmp_path / "large.yaml")
