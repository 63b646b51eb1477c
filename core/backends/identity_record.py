"""How an index says what it was built with: the record in a file or in collection metadata."""

from collections.abc import Mapping

from core.backends.payload import LAYOUT
from core.errors import IndexIdentityMismatch
from core.identity import IndexIdentity


def identity_record(identity: IndexIdentity) -> dict[str, object]:
    """Plain JSON values: the layout of the payloads and the identity."""
    return {"layout": LAYOUT, "identity": identity.as_dict()}


def identity_in(record: object, *, place: str) -> IndexIdentity:
    """The identity that `identity_record` put in `place`.

    Raises:
        IndexIdentityMismatch: `record` is something else or of another layout.
    """
    if not isinstance(record, Mapping) or not isinstance(record.get("identity"), dict):
        raise IndexIdentityMismatch(
            f"{place} does not say what the index was built with: it is damaged or was not made "
            "by Sanad; move it away and run `sanad index PATH` again"
        )
    if record.get("layout") != LAYOUT:
        raise IndexIdentityMismatch(
            f"{place} has layout {record.get('layout')!r}, this version reads {LAYOUT}: "
            "index your articles again, or use the version that built it"
        )
    return IndexIdentity.from_dict(record["identity"])
