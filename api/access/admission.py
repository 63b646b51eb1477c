"""What routes declare that visitors may use: who asks, and what their question is charged to."""

from collections.abc import AsyncIterator
from typing import Annotated

import anyio
from fastapi import Depends, Request

from api.access.address import address_of
from api.access.asking import Admission, sender_of
from api.access.caller import Caller
from api.access.guard import requires
from api.access.scopes import Scope
from api.services import CurrentServices

Asker = Annotated[Caller, requires(Scope.ASK, visitors=True)]

SETTLING_S = 5.0
"""Longest time that charging what was spent may take: nobody waits for it any more."""


async def open_admission(
    request: Request, caller: Asker, services: CurrentServices
) -> AsyncIterator[Admission]:
    """The admission of the request's question; settled when its response has been sent.

    FastAPI leaves it after the last byte, also where the client has gone.
    """
    access = services.access
    sender = None
    if caller.kind == "visitor":
        sender = sender_of(caller, address_of(request, access.trusted_proxies))
    admission = access.asking.admission(sender, plan=access.sites.plan_of(caller.site))
    try:
        yield admission
    # Raised again. A reader who left, which is a cancellation, pays for what was done.
    except Exception:
        admission.has_failed = True
        raise
    finally:
        with anyio.move_on_after(SETTLING_S, shield=True):
            await admission.close()


QuestionAdmission = Annotated[Admission, Depends(open_admission)]
