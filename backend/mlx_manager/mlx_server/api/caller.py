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
"""For routes that only look."""


async def _spender(request: Request, caller: Caller) -> Principal:
    # Before it is admitted: a refusal tells the limits as well.
    request.state.allowance = caller.allowance
    await caller.allowance.admit()
    return caller


Spender = Annotated[Principal, Depends(_spender)]
"""For routes that put a model to work: each request counts against the caller's limits, and its
reply says what is left of them. Tokens are counted by the spines."""


async def _administrator(caller: Caller) -> Principal:
    if not caller.is_admin:
        raise Forbidden("Only an administrator, or the owner of a local server, may do this.")
    return caller


Administrator = Annotated[Principal, Depends(_administrator)]
