"""`sanad feedback`: what readers said of answers, for those who improve the archive."""

from functools import partial

import anyio

from core.settings import Settings
from sanad.exit_status import DONE, NOT_ALL
from sanad.session import start, write_json

PAGE = 1_000


def feedback() -> int:
    """Print what readers said of answers, as JSON lines.

    The oldest first, from the files of the data folder, also while a server writes them. Exit
    status 1 says that there is none. Comments and questions are untrusted text.

    \b
    sanad feedback > feedback.ndjson
    sanad feedback | jq -r 'select(.verdict == "wrong") | .comment'
    """
    return DONE if anyio.run(partial(_print, start())) else NOT_ALL


async def _print(settings: Settings) -> int:
    from api.schemas.feedback import FeedbackOut  # noqa: PLC0415
    from core.backends.feedback_files import FeedbackFiles  # noqa: PLC0415

    log = FeedbackFiles(settings.data_dir)
    count, after, more = 0, None, True
    while more:
        page = await log.read(after=after, limit=PAGE)
        for entry in page.entries:
            write_json(FeedbackOut.from_feedback(entry).model_dump_json())
        count, after, more = count + len(page.entries), page.place, page.has_more
    return count
