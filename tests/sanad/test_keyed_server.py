"""A server that asks for keys: it knows them at once, and the commands beside it need none."""

import json
import os
import stat
import time
from collections.abc import Iterator

import pytest

from sanad.access.local_key import NAME
from tests.sanad.command import run_sanad
from tests.sanad.conftest import CopyIndex, Indexed
from tests.sanad.server import Served, serving

SECRET = "7hX0vQ2m9Zr4Kc8Lw1Tn6Bs3Yp5Dg0Jf"
QUESTION = {"question": "What does the 2024 partnership stipulate?"}
SITE = "sites:\n  - {id: demo, name: Demo, origins: [https://demo.example]}\n"
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def served(sample_index: Indexed, copy_index: CopyIndex) -> Iterator[Served]:
    data_dir = copy_index(sample_index)
    (data_dir / "sites.yaml").write_text(SITE, encoding="utf-8")
    with serving(data_dir, SANAD_ENVIRONMENT="production", SANAD_SECRET=SECRET) as served:
        yield served


def status_with(served: Served, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return served.client.post("/v1/answers", json=QUESTION, headers=headers).status_code


def becomes(served: Served, key: str, status: int) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if status_with(served, key) == status:
            return True
        time.sleep(0.2)
    return False


def test_a_key_opens_at_once_and_is_closed_at_once(served: Served) -> None:
    assert served.client.post("/v1/answers", json=QUESTION).status_code == 401
    made = run_sanad("keys", "create", "test", "--scope", "ask", "--json", data_dir=served.data_dir)
    key = json.loads(made.stdout)
    assert becomes(served, key["key"], 200)
    run_sanad("keys", "revoke", key["id"], data_dir=served.data_dir)
    assert becomes(served, key["key"], 401)


def test_the_commands_beside_it_need_no_key(served: Served) -> None:
    asked = run_sanad("ask", QUESTION["question"], "--json", data_dir=served.data_dir)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["citations"]
    left = served.data_dir / NAME
    assert stat.S_IMODE(left.stat().st_mode) == 0o600
    key = left.read_text(encoding="utf-8")
    assert status_with(served, key) == 200
    headers = {"Authorization": f"Bearer {key}"}
    assert served.client.delete("/v1/articles/x", headers=headers).status_code == 403


def test_a_reader_asks_from_a_page_of_the_site(served: Served) -> None:
    page = {"Origin": "https://demo.example"}
    given = served.client.post("/v1/visitors", json={"site": "demo"}, headers=page)
    reader = page | {"Authorization": f"Bearer {given.json()['token']}"}
    asked = served.client.post("/v1/answers", json=QUESTION, headers=reader)
    assert asked.status_code == 200
    assert asked.headers["ratelimit"].startswith('"visitor-questions-minute";r=9')
    run_sanad("asking", "off", data_dir=served.data_dir)
    deadline = time.monotonic() + PATIENCE_S
    while asked.status_code == 200 and time.monotonic() < deadline:
        time.sleep(0.2)
        asked = served.client.post("/v1/answers", json=QUESTION, headers=reader)
    assert asked.json()["type"] == "urn:sanad:problem:asking-is-off"


# The last one: the tests above need the server that this one ends.
def test_its_key_ends_with_it_and_the_last_use_of_others_is_kept(served: Served) -> None:
    made = run_sanad("keys", "create", "x", "--scope", "ask", "--json", data_dir=served.data_dir)
    assert becomes(served, json.loads(made.stdout)["key"], 200)
    served.process.terminate()
    served.process.wait(PATIENCE_S)
    assert not (served.data_dir / NAME).exists()
    listed = json.loads(run_sanad("keys", "list", "--json", data_dir=served.data_dir).stdout)
    assert listed[-1]["last_used_at"] is not None


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"SANAD_ENVIRONMENT": "production"}, "needs SANAD_SECRET"),
        ({"SANAD_ENVIRONMENT": "production", "SANAD_SECRET": "changeme" * 8}, "is a placeholder"),
        ({"SANAD_SITES": os.devnull}, "/dev/null"),
        ({"SANAD_LIMITS_URL": "memcached://x"}, "SANAD_LIMITS_URL"),
    ],
)
def test_a_server_that_would_not_be_safe_does_not_start(
    sample_index: Indexed, settings: dict[str, str], says: str
) -> None:
    refused = run_sanad("serve", data_dir=sample_index.data_dir, **settings)
    assert refused.returncode == 2
    assert says in refused.stderr
