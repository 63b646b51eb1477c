"""Every error that Sanad raises on purpose.

SanadError
├── ConfigError                    at start: settings
│   ├── IndexIdentityMismatch      the index was built by another model or chunker
│   ├── IndexLocked                another process owns the embedded store
│   └── ModelUnavailable           the model cannot be found or loaded
├── InputError                     the caller's: malformed query, filter or id
│   ├── EmptyQuery
│   ├── InvalidFilter
│   ├── InvalidCursor              damaged, or given for another request
│   ├── ArticleNotFound
│   ├── PreconditionFailed         an article is not as the caller expects
│   └── SourceUnreadable           a path given to `sanad index` cannot be read
├── ArticleRejected                permanent, write path: goes to the report with a reason
└── BackendError                   .transient says whether a later try may succeed
    ├── StoreUnavailable · EmbedderUnavailable · EmbedderBusy        transient
    │   RerankerUnavailable · RerankerBusy · GeneratorUnavailable · GeneratorBusy
    └── StoreRejected · EmbedderRejected · RerankerRejected          ours
        GeneratorRejected

Two axes only: whose fault it is, and whether it is worth retrying.
"""

from typing import ClassVar


class SanadError(Exception):
    """The root: anything that Sanad raises on purpose."""


class ConfigError(SanadError):
    """The settings or the machine cannot work as they are; raised at start."""


class IndexIdentityMismatch(ConfigError):
    """The index was built with another model, chunker or normaliser than is configured."""


class IndexLocked(ConfigError):
    """Another process owns the embedded store."""


class ModelUnavailable(ConfigError):
    """A model cannot be found, fetched or loaded."""


class InputError(SanadError):
    """The caller asked for something that cannot be served as asked."""


class EmptyQuery(InputError):
    """The query holds nothing to search for."""


class InvalidFilter(InputError):
    """A filter contradicts itself or names something unknown."""


class InvalidCursor(InputError):
    """A cursor that was not given for this request, or is damaged."""


class ArticleNotFound(InputError):
    """No article with this id is in the index."""


class PreconditionFailed(InputError):
    """An article is not in the state in which the caller wants it to be changed."""


class SourceUnreadable(InputError):
    """A path given as a source of articles cannot be read."""


class ArticleRejected(SanadError):
    """One article cannot be indexed; the message is the reason shown in the report."""


class BackendError(SanadError):
    """A model or a store failed."""

    transient: ClassVar[bool] = False


class StoreUnavailable(BackendError):
    """The store does not answer now."""

    transient = True


class StoreRejected(BackendError):
    """The store refused what we sent: a fault of ours."""


class EmbedderUnavailable(BackendError):
    """The embedder does not answer now."""

    transient = True


class EmbedderBusy(BackendError):
    """Too many calls wait for the embedder; it works."""

    transient = True


class EmbedderRejected(BackendError):
    """The embedder refused or spoiled what we sent: a fault of ours."""


class RerankerUnavailable(BackendError):
    """The reranker does not answer now."""

    transient = True


class RerankerBusy(BackendError):
    """Too many calls wait for the reranker; it works."""

    transient = True


class RerankerRejected(BackendError):
    """The reranker refused or spoiled what we sent: a fault of ours."""


class GeneratorUnavailable(BackendError):
    """The endpoint that writes answers does not answer now, or broke off."""

    transient = True


class GeneratorBusy(BackendError):
    """Too many calls wait for the endpoint that writes answers; it works."""

    transient = True


class GeneratorRejected(BackendError):
    """The endpoint that writes answers refused what we sent: a fault of ours or of settings."""
