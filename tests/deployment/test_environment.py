"""The settings that the deployment files give exist and are accepted."""

import re
from pathlib import Path
from typing import Any

import pytest

from core.settings import PREFIX, Settings, load_settings
from sanad.access.opening import open_access
from tests.api.access.keyrings import KeyRingOf

FILES = ["Dockerfile", "docker-compose.yml", ".env.example"]
SECRET = "7hX0vQ2m9Zr4Kc8Lw1Tn6Bs3Yp5Dg0Jf"
SETTING = re.compile(rf"\b{PREFIX}[A-Z0-9_]+")


def unknown_settings(text: str) -> set[str]:
    return set(SETTING.findall(text)) - {PREFIX + name.upper() for name in Settings.model_fields}


def interpolated(value: str, variables: dict[str, str]) -> str:
    """`value` as compose reads it: `${NAME:?message}` and `${NAME:-default}`."""

    def replaced(found: re.Match[str]) -> str:
        name, default = found[1], found[3] if found[2] == ":-" else None
        given = variables.get(name) or default
        if given is None:
            raise KeyError(name)
        return given

    return re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", replaced, value)


@pytest.mark.parametrize("name", FILES)
def test_every_setting_that_is_named_exists(root: Path, name: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert SETTING.search(text)
    assert unknown_settings(text) == set()


def test_a_setting_that_does_not_exist_is_seen() -> None:
    assert unknown_settings("SANAD_PORT=1 SANAD_PROT=1") == {"SANAD_PROT"}


def test_the_container_starts_with_settings_that_are_accepted(
    instructions: list[tuple[str, str]], compose: dict[str, Any]
) -> None:
    image = [value.split() for name, value in instructions if name == "ENV"]
    environment = dict(pair.split("=", 1) for pairs in image for pair in pairs)
    service = compose["services"]["api"]["environment"]
    key = {"QDRANT_API_KEY": "secret", "SANAD_SECRET": SECRET}
    environment |= {name: interpolated(value, key) for name, value in service.items()}
    settings = load_settings(environment)
    assert (settings.host, settings.port) == ("0.0.0.0", 8000)
    assert (settings.store, settings.qdrant_url) == ("qdrant", "http://qdrant:6333")
    assert settings.qdrant_api_key is not None
    assert settings.qdrant_api_key.get_secret_value() == "secret"
    assert settings.data_dir == Path("/var/lib/sanad")
    assert settings.environment == "production"
    access = open_access(settings, keys=KeyRingOf({}))
    assert not access.is_for_owner


def test_what_compose_takes_from_outside_is_in_the_example_and_the_secret_is_empty(
    root: Path,
) -> None:
    compose = (root / "docker-compose.yml").read_text(encoding="utf-8")
    lines = (root / ".env.example").read_text(encoding="utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(re.findall(r"(?<!\$)\$\{(\w+)", compose)) == set(example)
    assert (example["QDRANT_API_KEY"], example["SANAD_SECRET"]) == ("", "")


@pytest.mark.parametrize(
    ("setting", "variable"),
    [("SANAD_QDRANT_API_KEY", "QDRANT_API_KEY"), ("SANAD_SECRET", "SANAD_SECRET")],
)
def test_an_empty_secret_is_refused(compose: dict[str, Any], setting: str, variable: str) -> None:
    value = compose["services"]["api"]["environment"][setting]
    with pytest.raises(KeyError):
        interpolated(value, {variable: ""})
