"""What every route needs: the service, and who is asking."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api import scopes
from api.signing_on import SigningOn
from coach.domain.tokens import SignedOn
from coach.domain.visibility import Actor
from coach.errors import NotAuthenticated, NotFound
from coach.records.records import Records
from coach.service import Service
from coach.setup.signing_on import CHOOSING

_bearer = HTTPBearer(
    auto_error=False, description="The operator's token, a participant's, or one of single sign-on."
)


async def get_service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


TheService = Annotated[Service, Depends(get_service)]


async def require_possible_ids(request: Request) -> None:
    """No id holds a NUL character, which some databases refuse to look up."""
    if any("\0" in str(named) for named in request.path_params.values()):
        raise NotFound("there is nothing at this address")


async def get_signed_on(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    participant: Annotated[
        str | None,
        Header(
            alias=CHOOSING,
            max_length=64,
            description="As which participant: for someone who signs on elsewhere and takes part twice.",
        ),
    ] = None,
) -> SignedOn:
    """Whoever asks, counted, with a token that may do what this route does."""
    if credentials is None:
        raise NotAuthenticated("send a token: Authorization: Bearer TOKEN")
    signing_on: SigningOn = request.app.state.signing_on
    host = request.client.host if request.client else None
    signed_on = await signing_on.who(credentials.credentials, host, participant)
    wanted = scopes.needed(request.method, request.scope["route"].path)
    signing_on.count(signed_on, wanted)
    scopes.require(signed_on, wanted)
    return signed_on


TheSignedOn = Annotated[SignedOn, Depends(get_signed_on)]


async def get_actor(signed_on: TheSignedOn) -> Actor:
    return signed_on.actor


TheActor = Annotated[Actor, Depends(get_actor)]


async def get_reading(service: TheService, _: TheActor) -> AsyncIterator[Records]:
    """Opened once the token is known: a request never holds two connections."""
    async with service.database.reading() as records:
        yield records


async def get_writing(service: TheService, _: TheActor) -> AsyncIterator[Records]:
    """One transaction for the request, committed before the answer is sent when nothing was raised."""
    async with service.database.writing() as records:
        yield records


Reading = Annotated[Records, Depends(get_reading, scope="function")]
Writing = Annotated[Records, Depends(get_writing, scope="function")]
