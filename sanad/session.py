"""What every command starts with: settings from the environment, logging, and reports."""

import os
import sys

from rich.console import Console

from core.logging import configure_logging
from core.settings import Settings, load_settings


def start() -> Settings:
    """Read the settings and send logs to stderr.

    Raises:
        ConfigError: a setting is unknown or out of bounds.
    """
    settings = load_settings(os.environ)
    configure_logging(level=settings.log_level, log_format=settings.log_format)
    return settings


def stderr_report(line: str) -> None:
    """One line of progress for the person at the terminal."""
    Console(stderr=True, highlight=False).print(line, markup=False, soft_wrap=True)


def write_json(text: str) -> None:
    """One JSON document on stdout, in UTF-8 whatever the locale says."""
    sys.stdout.buffer.write(text.encode("utf-8") + b"\n")
    sys.stdout.buffer.flush()


def stdout_console() -> Console:
    """Where results for people go."""
    return Console(highlight=False)
