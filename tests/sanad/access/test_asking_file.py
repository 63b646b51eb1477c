"""The switch is remembered, and off wins."""

from pathlib import Path

import pytest

from core.errors import StoreUnavailable
from sanad.access.asking_file import LOOK_S, NAME, AskingFile, read_asking, write_asking


def test_visitors_may_ask_until_somebody_says_otherwise(tmp_path: Path) -> None:
    assert read_asking(tmp_path)
    write_asking(tmp_path, on=False)
    assert not read_asking(tmp_path)


@pytest.mark.anyio
async def test_a_restart_remembers_and_another_process_is_heard(tmp_path: Path) -> None:
    clock = [0.0]
    switch = AskingFile(tmp_path, setting=True, clock=lambda: clock[0])
    await switch.turn(on=False)
    assert not await switch.is_on()
    assert not await AskingFile(tmp_path, setting=True).is_on()
    write_asking(tmp_path, on=True)
    clock[0] += LOOK_S
    assert await switch.is_on()


@pytest.mark.anyio
async def test_the_setting_holds_it_off(tmp_path: Path) -> None:
    switch = AskingFile(tmp_path, setting=False)
    await switch.turn(on=True)
    assert not await switch.is_on()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"on": "yes"}', '{"off": true}'])
def test_a_damaged_switch_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text, encoding="utf-8")
    with pytest.raises(StoreUnavailable, match="sanad asking on"):
        read_asking(tmp_path)
