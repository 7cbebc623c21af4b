"""What every route needs: the service, and who is asking."""

import hmac
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from coach.domain.visibility import Actor, Operator
from coach.errors import NotAuthenticated
from coach.records.records import Records
from coach.service import Service
from coach.setup.people import who_holds

_bearer = HTTPBearer(auto_error=False, description="The operator's token or a participant's.")


def get_service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


TheService = Annotated[Service, Depends(get_service)]


async def get_actor(
    service: TheService, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Actor:
    if credentials is None:
        raise NotAuthenticated("send a token: Authorization: Bearer TOKEN")
    token = credentials.credentials
    admin = service.settings.admin_token
    if admin is not None and hmac.compare_digest(token.encode(), admin.get_secret_value().encode()):
        return Operator()
    async with service.database.reading() as records:
        person = await who_holds(records, token)
    if person is None:
        raise NotAuthenticated("nobody was given this token")
    return person


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
