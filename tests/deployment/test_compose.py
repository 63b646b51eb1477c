"""The compose file, as far as it can be checked without an engine."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.server import FINISH_S, LAST_WORDS_S

Compose = dict[str, Any]
StartServer = Callable[[int], int]


def schema_check(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "check_jsonschema"]
        + ["--builtin-schema", "vendor.compose-spec", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_fits_the_compose_schema(root: Path) -> None:
    result = schema_check(root / "docker-compose.yml")
    assert result.returncode == 0, result.stdout


def test_the_schema_sees_a_fault(root: Path, tmp_path: Path) -> None:
    text = (root / "docker-compose.yml").read_text(encoding="utf-8")
    path = tmp_path / "docker-compose.yml"
    path.write_text(text.replace("condition: service_healthy", "condition: sometime"), "utf-8")
    assert schema_check(path).returncode == 1


def test_the_api_waits_for_a_healthy_qdrant(compose: Compose) -> None:
    assert compose["services"]["api"]["depends_on"] == {"qdrant": {"condition": "service_healthy"}}


def test_only_the_api_is_published_and_only_to_this_machine(compose: Compose) -> None:
    ports = {name: service.get("ports", []) for name, service in compose["services"].items()}
    assert ports == {"qdrant": [], "api": ["127.0.0.1:${API_PORT:-8000}:8000"]}


def test_qdrant_is_on_a_network_without_a_way_out(compose: Compose) -> None:
    assert compose["services"]["qdrant"]["networks"] == ["archive"]
    assert compose["networks"]["archive"] == {"internal": True}


def test_both_ends_take_the_same_key_and_refuse_an_empty_one(compose: Compose) -> None:
    qdrant = compose["services"]["qdrant"]["environment"]["QDRANT__SERVICE__API_KEY"]
    api = compose["services"]["api"]["environment"]["SANAD_QDRANT_API_KEY"]
    assert qdrant == api
    assert re.fullmatch(r"\$\{QDRANT_API_KEY:\?.+\}", api)


@pytest.mark.parametrize("name", ["qdrant", "api"])
def test_a_service_is_confined(compose: Compose, name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+g", service["mem_limit"])
    assert "privileged" not in service


def test_everything_that_is_written_lies_on_a_named_volume(compose: Compose) -> None:
    mounts = [m for service in compose["services"].values() for m in service["volumes"]]
    assert {mount.partition(":")[0] for mount in mounts} == set(compose["volumes"])
    assert len(mounts) == len(compose["volumes"])


def test_the_server_is_of_a_version_that_the_client_supports(compose: Compose, root: Path) -> None:
    image = compose["services"]["qdrant"]["image"]
    server = re.fullmatch(r"qdrant/qdrant:v1\.(\d+)\.\d+-unprivileged", image)
    lock = (root / "requirements.lock").read_text(encoding="utf-8")
    client = re.search(r"^qdrant-client==1\.(\d+)\.", lock, re.MULTILINE)
    assert server
    assert client
    assert abs(int(server[1]) - int(client[1])) <= 1


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False), (None, False)])
def test_the_health_check_of_qdrant_tells_health(
    compose: Compose, start_server: StartServer, status: int | None, healthy: bool
) -> None:
    kind, *command = compose["services"]["qdrant"]["healthcheck"]["test"]
    assert kind == "CMD"
    script = command.pop()
    assert script.count("/127.0.0.1/6333") == 1
    port = 1 if status is None else start_server(status)
    # Compose reads $$ as a dollar sign.
    local = script.replace("/6333", f"/{port}").replace("$$", "$")
    result = subprocess.run([*command, local], capture_output=True, check=False, timeout=60)
    assert (result.returncode == 0) is healthy


def test_the_api_has_the_time_to_drain_before_it_is_killed(compose: Compose) -> None:
    api = compose["services"]["api"]
    [grace_s] = re.findall(r"^(\d+)s$", api["stop_grace_period"])
    assert float(api["environment"]["SANAD_DRAIN_S"]) + FINISH_S + LAST_WORDS_S < int(grace_s)
