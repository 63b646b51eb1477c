"""The switch that lets visitors ask, in a file, so that a restart remembers it."""

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

import anyio.to_thread

from core.errors import SanadError, StoreUnavailable
from sanad.access.private_files import read_private, write_private

logger = logging.getLogger(__name__)

NAME = "asking.json"
LOOK_S = 1.0
"""How often the file is looked at, at most."""


def read_asking(folder: Path) -> bool:
    """Whether visitors may ask, as the file in `folder` has it; they may where there is none.

    Raises:
        StoreUnavailable: it cannot be read, or says neither.
    """
    text = read_private(folder / NAME)
    if text is None:
        return True
    try:
        match json.loads(text):
            case {"on": bool(on)}:
                return on
    except ValueError:
        pass
    raise StoreUnavailable(
        f"{folder / NAME} does not say whether visitors may ask: run `sanad asking on` or off"
    )


def write_asking(folder: Path, *, on: bool) -> None:
    """Say in `folder` whether visitors may ask.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    write_private(folder / NAME, json.dumps({"on": on}))


class AskingFile:
    """The switch of a running server: off if the setting or the file says so."""

    def __init__(
        self, folder: Path, *, setting: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Raises StoreUnavailable where the file cannot be read."""
        self._folder = folder
        self._setting = setting
        self._clock = clock
        self._on = read_asking(folder)
        self._looked = clock()

    @property
    def setting(self) -> bool:
        """What SANAD_ASKING says."""
        return self._setting

    async def is_on(self) -> bool:
        """See AskingSwitch."""
        now = self._clock()
        if now - self._looked >= LOOK_S:
            self._looked = now
            await anyio.to_thread.run_sync(self._look)
        return self._setting and self._on

    async def turn(self, *, on: bool) -> None:
        """See AskingSwitch."""

        def write() -> None:
            write_asking(self._folder, on=on)

        await anyio.to_thread.run_sync(write)
        self._on, self._looked = on, self._clock()

    def _look(self) -> None:
        try:
            self._on = read_asking(self._folder)
        except SanadError:
            logger.exception("switch not read: it stays as it was")
