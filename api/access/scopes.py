"""What a caller may be allowed to do."""

from enum import StrEnum


class Scope(StrEnum):
    """One permission; none includes another."""

    ASK = "ask"
    """Ask questions and judge answers."""

    SEARCH = "search"
    READ = "read"
    """Read articles, and what the index holds."""

    WRITE = "write"
    """Publish, change and remove articles."""

    ADMIN = "admin"
    """Change how the server runs, and see its figures."""


ALL_SCOPES = frozenset(Scope)
