"""What an index was built with, so that a foreign index is refused and never searched."""

from dataclasses import asdict, dataclass, fields

from core.errors import IndexIdentityMismatch


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedderIdentity:
    """Everything about an embedder that changes its vectors."""

    model: str
    revision: str
    dimension: int
    pooling: str
    precision: str
    query_prompt: str
    passage_prompt: str
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerIdentity:
    """Everything about a reranker that changes its scores; no index depends on it."""

    model: str
    revision: str
    precision: str
    max_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexIdentity:
    """Everything that changes what is stored for an article."""

    embedder: EmbedderIdentity
    chunker: str
    normaliser: str
    lexical: str
    tokens: str

    def as_dict(self) -> dict[str, object]:
        """Plain JSON values, for the file or the collection metadata."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, object]) -> "IndexIdentity":
        """Read back what `as_dict` gave.

        Raises:
            IndexIdentityMismatch: the values are not an identity that this version understands.
        """
        try:
            rest = {key: value for key, value in values.items() if key != "embedder"}
            embedder = EmbedderIdentity(**values["embedder"])  # type: ignore[arg-type]  # JSON wall
            return cls(embedder=embedder, **rest)  # type: ignore[arg-type]  # JSON wall
        except (KeyError, TypeError) as exc:
            raise IndexIdentityMismatch(
                "the index carries an identity that this version cannot read: run `sanad reindex`"
            ) from exc


def require_same(stored: IndexIdentity, configured: IndexIdentity) -> None:
    """Refuse to work on an index that was built differently.

    Raises:
        IndexIdentityMismatch: names every differing value, both ways, and the remedy.
    """
    differences = _differences(stored, configured)
    if differences:
        raise IndexIdentityMismatch(
            "the index was built differently from what is configured: "
            + "; ".join(differences)
            + ". Run `sanad reindex` to rebuild it with the configured parts, "
            "or set SANAD_MODEL and its settings back."
        )


def _differences(stored: IndexIdentity, configured: IndexIdentity) -> list[str]:
    found = [
        f"{field.name}: index has {getattr(stored.embedder, field.name)!r}, "
        f"configured is {getattr(configured.embedder, field.name)!r}"
        for field in fields(EmbedderIdentity)
        if getattr(stored.embedder, field.name) != getattr(configured.embedder, field.name)
    ]
    return found + [
        f"{name}: index has {getattr(stored, name)!r}, configured is {getattr(configured, name)!r}"
        for name in ("chunker", "normaliser", "lexical", "tokens")
        if getattr(stored, name) != getattr(configured, name)
    ]
