"""Questions whose answer is taken out of the archive, to see whether a system notices."""

from hashlib import sha256

from core.types import PassageFilter
from eval.collection import Topic, topic_number


def is_withdrawn(topic: Topic, *, share: float) -> bool:
    """Whether the articles that answer `topic` are left out when it is asked.

    So it is for `share` of the answerable topics, drawn by a digest of their numbers: the same
    ones in every language and every run, whatever other topics there are.
    """
    number = topic_number(topic.id, topic.language)
    digest = sha256(f"withdrawn {number}".encode()).digest()
    return topic.is_ranked and int.from_bytes(digest[:4], "big") < share * 2**32


def without_answer(topic: Topic) -> PassageFilter:
    """The archive without every article that answers `topic`, translations included."""
    return PassageFilter(except_articles=tuple(topic.relevant))
