"""Settings are refused early, by name and value, and keep secrets."""

import re
from pathlib import Path

import pytest

from core.errors import ConfigError
from core.settings import load_settings


def test_defaults_need_nothing() -> None:
    settings = load_settings({"HOME": "/nowhere"})
    assert settings.model == "bundled"
    assert settings.store == "edge"
    assert settings.host == "127.0.0.1"
    assert (settings.reranker, settings.reranker_depth) == ("none", 30)


def test_values_come_from_the_environment_given() -> None:
    settings = load_settings({"SANAD_DATA_DIR": "/tmp/x", "SANAD_PORT": "9001"})
    assert settings.data_dir == Path("/tmp/x")
    assert settings.port == 9001


def test_an_unknown_name_is_refused_with_its_name() -> None:
    with pytest.raises(ConfigError, match="SANAD_DATADIR"):
        load_settings({"SANAD_DATADIR": "/tmp/x"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANAD_PORT", "70000"),
        ("SANAD_PORT", "eighty"),
        ("SANAD_STORE", "chroma"),
        ("SANAD_DEVICE", "tpu"),
        ("SANAD_MAX_REQUEST_BYTES", "-1"),
        ("SANAD_QDRANT_COLLECTION", "a/b"),
        ("SANAD_RERANKER", ""),
        ("SANAD_RERANKER_DEPTH", "0"),
        ("SANAD_RERANKER_DEPTH", "201"),
        ("SANAD_LLM_BASE_URL", "localhost:11434"),
        ("SANAD_LLM_BASE_URL", "https://user:hunter2@llm.example/v1"),
        ("SANAD_LLM_BASE_URL", "https://llm.example/v1?key=x"),
        ("SANAD_LLM_MODEL", ""),
        ("SANAD_LLM_TIMEOUT_S", "0.5"),
        ("SANAD_LLM_TIMEOUT_S", "nan"),
        ("SANAD_LLM_MAX_TOKENS", "0"),
        ("SANAD_LLM_PROMPT_TOKENS", "499"),
        ("SANAD_LLM_CONCURRENCY", "0"),
        ("SANAD_LLM_MAX_WAITING", "-1"),
    ],
)
def test_a_bad_value_is_refused_with_name_and_value(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=f"{name}=.*{re.escape(value)}"):
        load_settings({name: value})


def test_a_qdrant_store_needs_an_address() -> None:
    with pytest.raises(ConfigError, match="SANAD_QDRANT_URL"):
        load_settings({"SANAD_STORE": "qdrant"})


@pytest.mark.parametrize(
    "given", [{"SANAD_LLM_BASE_URL": "http://localhost:11434/v1"}, {"SANAD_LLM_MODEL": "m"}]
)
def test_a_chat_endpoint_needs_address_and_model(given: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="SANAD_LLM_BASE_URL and SANAD_LLM_MODEL"):
        load_settings(given)


@pytest.mark.parametrize("name", ["SANAD_QDRANT_API_KEY", "SANAD_LLM_API_KEY"])
def test_a_secret_is_never_shown(name: str) -> None:
    settings = load_settings({name: "hunter2-hunter2"})
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in settings.model_dump_json()
