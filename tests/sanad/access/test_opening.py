"""What is served to others starts only with secrets and origins that are some."""

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from api.access.access import Access
from core.errors import ConfigError
from core.settings import load_settings
from sanad.access.opening import fault_of_secret, open_access
from tests.api.access.keyrings import KeyRingOf

GOOD = {"SANAD_ENVIRONMENT": "production", "SANAD_SECRET": secrets.token_urlsafe(48)}

Open = Callable[[dict[str, str]], Access]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """Who may ask, by variables of the environment, over an empty data folder."""

    def with_variables(given: dict[str, str]) -> Access:
        settings = load_settings({"SANAD_DATA_DIR": str(tmp_path)} | given)
        return open_access(settings, keys=KeyRingOf({}))

    return with_variables


def test_development_needs_nothing(opened: Open) -> None:
    assert opened({}).is_for_owner


@pytest.mark.parametrize(
    "given", [{"SANAD_HOST": "0.0.0.0"}, {"SANAD_HOST": "192.0.2.1"}, {"SANAD_HOST": "::"}, GOOD]
)
def test_nobody_is_the_owner_elsewhere(opened: Open, given: dict[str, str]) -> None:
    assert not opened(given).is_for_owner


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_loopback_is_the_owners(opened: Open, host: str) -> None:
    assert opened({"SANAD_HOST": host}).is_for_owner


@pytest.mark.parametrize("given", [{}, {"SANAD_SECRET": ""}])
def test_production_needs_a_secret_and_says_how_to_get_one(
    opened: Open, given: dict[str, str]
) -> None:
    with pytest.raises(ConfigError, match=r"SANAD_SECRET: set it to what `python -c"):
        opened(given | {"SANAD_ENVIRONMENT": "production"})


BAD_SECRETS = [
    "short",
    "x" * 31,
    "x" * 40,
    "ab" * 30,
    "abcabcabc" * 6,
    "0123456789" * 5,
    "changeme" * 5,
    "please-change-me-before-production-1",
    "CHANGEME-CHANGEME-CHANGEME-CHANGEME",
    "my secret is my secret is my secret!",
    "correct horse battery password stap1e",
    "your-secret-key-goes-here-1234567890",
    "sanad-sanad-sanad-sanad-sanad-sanad!",
    secrets.token_urlsafe(2_000),
]


@pytest.mark.parametrize("secret", BAD_SECRETS, ids=range(len(BAD_SECRETS)))
@pytest.mark.parametrize("name", ["SANAD_SECRET", "SANAD_SECRET_PREVIOUS"])
def test_a_secret_that_can_be_guessed_is_refused_and_not_shown(
    opened: Open, name: str, secret: str
) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        opened(GOOD | {name: secret})
    assert secret not in str(caught.value)


def test_a_drawn_secret_is_always_taken() -> None:
    drawn = [secrets.token_hex(16) for _ in range(500)]
    drawn += [secrets.token_urlsafe(24) for _ in range(500)]
    assert [fault_of_secret(secret) for secret in drawn] == [None] * len(drawn)


@pytest.mark.parametrize("origin", ["*", "http://news.example", "https://news.example/"])
def test_an_origin_of_the_internal_routes_must_be_one(opened: Open, origin: str) -> None:
    with pytest.raises(ConfigError, match="SANAD_CORS_ORIGINS"):
        opened({"SANAD_CORS_ORIGINS": f"https://tools.example, {origin}"})


SITES = "sites:\n  - {id: a, name: A, origins: [https://a.example]}\n"


def test_sites_of_the_data_folder_are_found_and_close_the_server(
    opened: Open, tmp_path: Path
) -> None:
    (tmp_path / "sites.yaml").write_text(SITES, encoding="utf-8")
    access = opened({})
    assert access.sites.origins == {"https://a.example"}
    assert not access.is_for_owner
    own = "http://localhost:8000"
    assert access.sites.find("demo", origin=own, host="localhost:8000") is None


def test_a_file_of_sites_that_is_named_must_be_there(opened: Open, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"elsewhere\.yaml cannot be read"):
        opened({"SANAD_SITES": str(tmp_path / "elsewhere.yaml")})


@pytest.mark.parametrize("url", ["", "memory", "http://localhost", "postgres://x"])
def test_budgets_are_counted_somewhere(opened: Open, url: str) -> None:
    with pytest.raises(ConfigError, match="SANAD_LIMITS_URL"):
        opened({"SANAD_LIMITS_URL": url})


def test_lists_are_written_with_commas() -> None:
    settings = load_settings({
        "SANAD_CORS_ORIGINS": "https://a.example, https://b.example,",
        "SANAD_TRUSTED_PROXIES": "10.0.0.0/8,::1",
    })
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert [str(one) for one in settings.trusted_proxies] == ["10.0.0.0/8", "::1/128"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SANAD_TRUSTED_PROXIES", "everybody"),
        ("SANAD_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("SANAD_ENVIRONMENT", "staging"),
        ("SANAD_VISITOR_TOKEN_S", "59"),
        ("SANAD_VISITOR_TOKEN_S", "86401"),
    ],
)
def test_a_bad_setting_is_refused_with_its_name(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load_settings({name: value})


@pytest.mark.parametrize("name", ["SANAD_SECRET", "SANAD_SECRET_PREVIOUS", "SANAD_LIMITS_URL"])
def test_a_secret_is_never_shown(name: str) -> None:
    settings = load_settings({name: "7hX0vQ2m9Zr4Kc8L"})
    assert "7hX0" not in repr(settings)
    assert "7hX0" not in settings.model_dump_json()
