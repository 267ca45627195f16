"""The providers that administrators keep."""

import time
from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.engine import Database
from mlx_manager.db.providers import Provider
from mlx_manager.db.routing_rules import RoutingRule
from mlx_manager.errors import NotFound
from mlx_manager.mlx_server.errors import InferenceError
from mlx_manager.schemas.provider import (
    ProviderCreate,
    ProviderReply,
    ProviderTest,
    ProviderUpdate,
)
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.routing.book import RoutingBook, key_purpose
from mlx_manager.services.routing.conflicts import ProviderExists, ProviderInUse
from mlx_manager.services.secret_box import SecretUnreadable
from mlx_manager.services.upstream.client import UpstreamClient


class ProviderService:
    """Reads and writes ``providers``, and keeps the book equal to it."""

    def __init__(self, database: Database, book: RoutingBook, client: UpstreamClient) -> None:
        self._database = database
        self._book = book
        self._client = client

    async def load(self) -> None:
        """Put every provider into the book; called before anything is routed."""
        async with self._database.reading() as session:
            for provider in (await session.exec(select(Provider))).all():
                self._book.put(provider)

    async def list_providers(self, limit: int, after: Cursor | None) -> Slice[ProviderReply]:
        """All, in the order they were made."""
        query = select(Provider).order_by(col(Provider.created_at), col(Provider.id))
        if after is not None:
            later = col(Provider.created_at) > after.moment
            same = (col(Provider.created_at) == after.moment) & (col(Provider.id) > after.id)
            query = query.where(later | same)
        async with self._database.reading() as session:
            rows = (await session.exec(query.limit(limit + 1))).all()
        shown = [self._shown(row) for row in rows]
        return take_slice(shown, limit, lambda each: Cursor(each.created_at, each.id))

    async def find(self, provider_id: str) -> ProviderReply:
        """One. Raises ``NotFound``."""
        async with self._database.reading() as session:
            return self._shown(await _find(session, provider_id))

    async def create(self, create: ProviderCreate) -> ProviderReply:
        """A new one. Raises ``ProviderExists``."""
        fields = create.model_dump(exclude={"key"})
        row = Provider(**fields)
        if create.key is not None:
            row.sealed_key = self._book.box.seal(create.key.get_secret_value(), key_purpose(row.id))
        async with self._database.writing() as session:
            await _check_name(session, row.name, row.id)
            session.add(row)
        self._book.put(row)
        return self._shown(row)

    async def update(self, provider_id: str, change: ProviderUpdate) -> ProviderReply:
        """Change one, from the next request on. Raises ``NotFound``, ``ProviderExists``."""
        fields = change.model_dump(exclude_unset=True, exclude={"key"})
        async with self._database.writing() as session:
            row = await _find(session, provider_id)
            await _check_name(session, fields.get("name", row.name), row.id)
            if "key" in change.model_fields_set or fields.get("base_url", row.base_url) != (
                row.base_url
            ):
                key = change.key
                row.sealed_key = (
                    None
                    if key is None
                    else self._book.box.seal(key.get_secret_value(), key_purpose(row.id))
                )
            row.sqlmodel_update(fields)
            session.add(row)
        self._book.put(row)
        return self._shown(row)

    async def delete(self, provider_id: str) -> None:
        """Forget one and its key. Raises ``NotFound``, ``ProviderInUse``."""
        async with self._database.writing() as session:
            row = await _find(session, provider_id)
            rules = (await session.exec(select(RoutingRule))).all()
            using = [rule.name for rule in rules if _names(rule, provider_id)]
            if using:
                raise ProviderInUse(
                    f"{row.name} is a target of the routing rules {', '.join(using[:8])}; change "
                    "or delete those first."
                )
            await session.delete(row)
        self._book.drop(provider_id)

    async def test(self, provider_id: str) -> ProviderTest:
        """Ask one for its models, with its key. Raises ``NotFound``."""
        async with self._database.reading() as session:
            row = await _find(session, provider_id)
        began, models, ok = time.perf_counter(), list[str](), True
        try:
            models = list(await self._client.models(self._book.upstream(row)))
            detail = f"{row.name} answers and lists {len(models)} models."
            self._book.note(row.id, self._book.circuit(row.id).answered())
        except InferenceError as error:
            ok, detail = False, error.message
        except SecretUnreadable as error:
            ok, detail = False, error.detail
        milliseconds = round(1000 * (time.perf_counter() - began), 1)
        return ProviderTest(ok=ok, detail=detail, milliseconds=milliseconds, models=models)

    def _shown(self, row: Provider) -> ProviderReply:
        circuit, now = self._book.circuit(row.id), self._book.clock()
        return ProviderReply(
            **row.model_dump(exclude={"sealed_key"}),
            has_key=row.sealed_key is not None,
            circuit="closed" if circuit.open_until is None else "open",
            retry_seconds=round(circuit.retry_seconds(now), 1),
        )


async def _find(session: AsyncSession, provider_id: str) -> Provider:
    row = await session.get(Provider, provider_id)
    if row is None:
        raise NotFound("There is no such provider; it may have been deleted.")
    return row


async def _check_name(session: AsyncSession, name: str, provider_id: str) -> None:
    query = select(Provider.id).where(Provider.name == name, Provider.id != provider_id)
    if (await session.exec(query)).first() is not None:
        raise ProviderExists(f"There is a provider named {name!r}; choose another name.")


def _names(rule: RoutingRule, provider_id: str) -> bool:
    targets: Sequence[object] = [target.provider_id for target in rule.targets]
    return provider_id in targets
