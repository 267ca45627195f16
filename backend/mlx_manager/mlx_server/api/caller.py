"""Who is asking, as a dependency of every route."""

from typing import Annotated

from fastapi import Depends, Request

from mlx_manager.mlx_server.core.principal import Authenticator, Principal
from mlx_manager.mlx_server.core.record import current_record
from mlx_manager.mlx_server.errors import Forbidden


async def _caller(request: Request) -> Principal:
    authenticate: Authenticator = request.app.state.authenticate
    caller = await authenticate(request.headers)
    current_record().principal = caller
    return caller


Caller = Annotated[Principal, Depends(_caller)]


async def _administrator(caller: Caller) -> Principal:
    if not caller.is_admin:
        raise Forbidden("Only an administrator, or the owner of a local server, may do this.")
    return caller


Administrator = Annotated[Principal, Depends(_administrator)]
