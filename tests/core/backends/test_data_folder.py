"""A folder is writable if it is there, may be written to and has room."""

from pathlib import Path

import pytest

from core.backends.data_folder import require_writable
from core.errors import StoreUnavailable


def test_a_folder_with_rights_and_room_is_writable_and_left_as_it_is(tmp_path: Path) -> None:
    require_writable(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_not(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be read"):
        require_writable(tmp_path / "محذوف")


def test_a_disk_without_room_is_not(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"MB are free .* are needed to write"):
        require_writable(tmp_path, needed_bytes=2**80)


def test_a_folder_without_rights_is_not(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="may not be written to"):
        require_writable(tmp_path, may_write=lambda _: False)
