"""The routing rules that administrators keep, and the question where a request would go."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from mlx_manager.db.api_keys import ApiKey
from mlx_manager.db.engine import Database
from mlx_manager.db.providers import Provider
from mlx_manager.db.routing_rules import RoutingRule
from mlx_manager.db.users import User
from mlx_manager.errors import NotFound
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.schemas.routing import (
    MOST_RULES,
    RouteAnswer,
    RouteQuestion,
    RouteStep,
    RuleFields,
    RuleReply,
    Target,
)
from mlx_manager.services.paging import Cursor, Slice, take_slice
from mlx_manager.services.routing.book import RoutingBook
from mlx_manager.services.routing.conflicts import RulesChanged, TooManyRules, UnknownProvider
from mlx_manager.services.routing.decide import NO_RULE, OFF, STAYS, Facts, Step, decide


class RuleService:
    """Reads and writes ``routing_rules``, and keeps the book equal to it."""

    def __init__(
        self,
        database: Database,
        book: RoutingBook,
        is_enabled: Callable[[], bool],
        waiting: Callable[[], int],
    ) -> None:
        self._database = database
        self._book = book
        self._is_enabled = is_enabled
        self._waiting = waiting

    async def load(self) -> None:
        """Put the rules into the book, in order."""
        async with self._database.reading() as session:
            self._keep(await _in_order(session))

    def list_rules(self, limit: int, after: Cursor | None) -> Slice[RuleReply]:
        """All, the first that is looked at first; a cursor whose rule is gone begins anew."""
        rules = list(self._book.rules)
        ids = [rule.id for rule in rules]
        start = ids.index(after.id) + 1 if after is not None and after.id in ids else 0
        rows = rules[start : start + limit + 1]
        return take_slice(rows, limit, lambda rule: Cursor(rule.created_at, rule.id))

    async def create(self, fields: RuleFields) -> RuleReply:
        """A new rule, the last of all. Raises ``UnknownProvider``, ``TooManyRules``."""
        async with self._database.writing() as session:
            rows = await _in_order(session)
            if len(rows) >= MOST_RULES:
                raise TooManyRules(f"There are {MOST_RULES} rules, the most there may be.")
            await _check_targets(session, fields.targets)
            position = rows[-1].position + 1 if rows else 0
            row = RoutingRule(**_columns(fields), position=position)
            session.add(row)
        self._keep([*rows, row])
        return _shown(row)

    async def replace(self, rule_id: str, fields: RuleFields) -> RuleReply:
        """Another rule in the place of one. Raises ``NotFound``, ``UnknownProvider``."""
        async with self._database.writing() as session:
            row = await _find(session, rule_id)
            await _check_targets(session, fields.targets)
            row.sqlmodel_update(_columns(fields))
            session.add(row)
            await session.flush()
            rows = await _in_order(session)
        self._keep(rows)
        return _shown(row)

    async def delete(self, rule_id: str) -> None:
        """Forget one. Raises ``NotFound``."""
        async with self._database.writing() as session:
            await session.delete(await _find(session, rule_id))
            await session.flush()
            rows = await _in_order(session)
        self._keep(rows)

    async def reorder(self, ids: Sequence[str]) -> None:
        """Put the rules in this order. Raises ``RulesChanged`` unless all are named, once each."""
        async with self._database.writing() as session:
            rows = {row.id: row for row in await _in_order(session)}
            if sorted(ids) != sorted(rows):
                raise RulesChanged(
                    "The order must name every rule once; fetch the list again, it has changed."
                )
            for position, rule_id in enumerate(ids):
                rows[rule_id].position = position
                session.add(rows[rule_id])
        self._keep([rows[rule_id] for rule_id in ids])

    async def ask(self, question: RouteQuestion) -> RouteAnswer:
        """Where such a request would go now. Raises ``NotFound`` for a caller there is not."""
        user_id, stays = await self._caller(question)
        here = RouteStep(provider_id=None, provider=None, model=question.model)
        if not self._is_enabled() or stays:
            return _here(OFF if not stays else STAYS, here)
        facts = Facts(
            ModelId(question.model),
            question.prompt_tokens,
            user_id,
            question.key_id,
            self._waiting(),
        )
        plan = decide(self._book.rules, facts)
        if plan is None:
            return _here(NO_RULE, here)
        return RouteAnswer(
            rule_id=plan.rule.id,
            rule=plan.rule.name,
            reason=plan.reason,
            steps=[self._step(step) for step in plan.steps],
        )

    async def _caller(self, question: RouteQuestion) -> tuple[str | None, bool]:
        """The user behind a question, and whether nothing of theirs may leave."""
        async with self._database.reading() as session:
            key = None if question.key_id is None else await session.get(ApiKey, question.key_id)
            user_id = question.user_id if key is None else key.user_id
            user = None if user_id is None else await session.get(User, user_id)
        if (question.key_id is not None and key is None) or (user_id is not None and user is None):
            raise NotFound("There is no such user or key.")
        stays = (key is not None and key.local_only) or (user is not None and user.local_only)
        return user_id, stays

    def _step(self, step: Step) -> RouteStep:
        provider_id = step.provider_id
        provider = None if provider_id is None else self._book.providers.get(provider_id)
        return RouteStep(
            provider_id=provider_id,
            provider=None if provider is None else provider.name,
            model=step.model,
            skipped=None if provider_id is None else self._book.why_not(provider_id),
        )

    def _keep(self, rows: Sequence[RoutingRule]) -> None:
        self._book.rules = tuple(_shown(row) for row in rows)


def _here(reason: str, step: RouteStep) -> RouteAnswer:
    return RouteAnswer(rule_id=None, rule=None, reason=reason, steps=[step])


def _shown(row: RoutingRule) -> RuleReply:
    return RuleReply.model_validate(row.model_dump(exclude={"position"}))


def _columns(fields: RuleFields) -> dict[str, Any]:
    """As the table takes them; the targets as they are."""
    return {**fields.model_dump(exclude={"targets"}), "targets": list(fields.targets)}


async def _in_order(session: AsyncSession) -> list[RoutingRule]:
    query = select(RoutingRule).order_by(col(RoutingRule.position), col(RoutingRule.id))
    return list((await session.exec(query)).all())


async def _find(session: AsyncSession, rule_id: str) -> RoutingRule:
    row = await session.get(RoutingRule, rule_id)
    if row is None:
        raise NotFound("There is no such rule; it may have been deleted.")
    return row


async def _check_targets(session: AsyncSession, targets: Sequence[Target]) -> None:
    known = set((await session.exec(select(Provider.id))).all())
    for target in targets:
        if target.provider_id not in known:
            raise UnknownProvider(
                f"There is no provider {target.provider_id!r}; GET /api/providers lists them."
            )
