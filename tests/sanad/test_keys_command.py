"""`sanad keys`: made once, shown once, listed without secrets, revoked for good."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from api.access.keys import digest_of, key_id_of
from tests.sanad.command import run_sanad


def printed(*arguments: str, data_dir: Path) -> Any:
    process = run_sanad("keys", *arguments, "--json", data_dir=data_dir)
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


def test_a_key_is_made_listed_and_revoked(tmp_path: Path) -> None:
    made = printed(
        *("create", "مكتب می‌خوانم", "--scope", "ask", "--scope", "search", "--expires", "90d"),
        data_dir=tmp_path,
    )
    key = made.pop("key")
    assert key_id_of(key) == made["id"]
    assert (made["scopes"], made["state"]) == (["ask", "search"], "good")
    assert made["last_used_at"] is None

    kept = (tmp_path / "keys.json").read_text(encoding="utf-8")
    assert key not in kept
    assert key.rpartition("_")[2] not in kept
    assert digest_of(key) in kept

    assert printed("list", data_dir=tmp_path) == [made]
    revoked = printed("revoke", made["id"], data_dir=tmp_path)
    assert revoked["state"] == "revoked"
    again = printed("revoke", made["id"], data_dir=tmp_path)
    assert again["revoked_at"] == revoked["revoked_at"]


def test_a_script_gets_the_key_alone_on_stdout(tmp_path: Path) -> None:
    made = run_sanad("keys", "create", "CMS", "--scope", "write", data_dir=tmp_path)
    assert re.fullmatch(r"sanad_[0-9a-z]{10}_[0-9A-Za-z]{49}\n", made.stdout)
    assert "not shown again" in made.stderr
    listed = run_sanad("keys", "list", data_dir=tmp_path)
    assert "CMS" in listed.stdout
    assert made.stdout.strip() not in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["create", "x"], "--scope"),
        (["create", "x", "--scope", "everything"], "everything"),
        (["create", " ", "--scope", "ask"], "cannot be used"),
        (["create", "a\nb", "--scope", "ask"], "cannot be used"),
        (["create", "x" * 101, "--scope", "ask"], "cannot be used"),
        (["create", "x", "--scope", "ask", "--expires", "soon"], "'soon' is no age"),
        (["create", "x", "--scope", "ask", "--expires", "0d"], "is no age"),
        (["create", "x", "--scope", "ask", "--expires", "9999w"], "is no age"),
        (["revoke", "0123456789"], "there is no key '0123456789'"),
    ],
)
def test_wrong_usage_is_refused_and_writes_nothing(
    tmp_path: Path, arguments: list[str], says: str
) -> None:
    refused = run_sanad("keys", *arguments, data_dir=tmp_path)
    assert refused.returncode == 2
    assert says in refused.stderr
    assert not (tmp_path / "keys.json").exists()


def test_the_switch_is_turned_and_told(tmp_path: Path) -> None:
    assert json.loads(run_sanad("asking", "--json", data_dir=tmp_path).stdout) == {"on": True}
    off = run_sanad("asking", "off", data_dir=tmp_path)
    assert (off.returncode, off.stderr) == (0, "Visitors may not ask.\n")
    held = run_sanad("asking", "on", "--json", data_dir=tmp_path, SANAD_ASKING="off")
    assert json.loads(held.stdout) == {"on": False}
    assert json.loads(run_sanad("asking", "--json", data_dir=tmp_path).stdout) == {"on": True}
