"""The acting half: follows the plan that ``decide`` makes."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from mlx_manager.mlx_server.core.doors import PlainHere, Question, Result
from mlx_manager.mlx_server.core.elsewhere import Here, OfferedModel, Walk
from mlx_manager.mlx_server.core.estimate import estimated_prompt
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import InferenceError, UpstreamFailed
from mlx_manager.services.routing.asking import Asking
from mlx_manager.services.routing.book import RoutingBook
from mlx_manager.services.routing.decide import Facts, Plan, Step, decide, fits, offered_as
from mlx_manager.services.secret_box import SecretUnreadable
from mlx_manager.services.upstream.client import UpstreamClient
from mlx_manager.services.upstream.faults import is_of_the_request, telling
from mlx_manager.services.upstream.upstream import Upstream

logger = logging.getLogger(__name__)

Applied = Callable[[GenerationRequest], GenerationRequest]
"""A request with the defaults of the profile that it names, if it names one."""


class Routing:
    """Implements ``core.elsewhere.Elsewhere`` and ``core.doors.Doors`` by the rules in the book.

    ``is_enabled`` is the administrator's switch; ``waiting`` counts requests that wait here. What
    leaves has a profile's defaults with it, ``applied`` as they would be here; a profile's limit of
    the context is the model's that runs here, and stays.
    """

    def __init__(
        self,
        book: RoutingBook,
        client: UpstreamClient,
        is_enabled: Callable[[], bool],
        waiting: Callable[[], int],
        applied: Applied,
    ) -> None:
        self._book = book
        self._client = client
        self._is_enabled = is_enabled
        self._waiting = waiting
        self._applied = applied

    def answer(self, request: GenerationRequest, here: Here, halt: Halt | None) -> Walk | None:
        """A walk by the first rule that fits; None where none does, or nothing may leave."""
        if not self._may_leave(request.principal):
            return None
        sent = self._applied(request)
        plan = self._plan(request.model, request.principal, estimated_prompt(sent))
        return None if plan is None else self._follow(plan, sent, here, halt)

    def ask(self, question: Question[Result], here: PlainHere[Result]) -> Awaitable[Result] | None:
        """The same for a plain question."""
        if not self._may_leave(question.caller):
            return None
        if question.request is not None:
            question = replace(question, request=self._applied(question.request))
        plan = self._plan(question.model, question.caller, question.tokens)
        return None if plan is None else self._follow_plain(plan, question, here)

    def models(self, caller: Principal) -> Sequence[OfferedModel]:
        """The names that the rules give to what the providers offer."""
        if not self._may_leave(caller):
            return ()
        found: dict[str, OfferedModel] = {}
        for rule in self._book.rules:
            for target in rule.targets:
                provider = self._book.providers.get(target.provider_id)
                if provider is None or not provider.is_enabled:
                    continue
                for name in offered_as(rule, target, provider.models):
                    facts = Facts(name, rule.prompt_tokens_from or 0, caller.user_id, caller.key_id)
                    if name not in found and fits(rule, facts):
                        found[name] = OfferedModel(name, owned_by=provider.name)
        return tuple(found.values())

    def _may_leave(self, caller: Principal) -> bool:
        return self._is_enabled() and not caller.local_only and bool(self._book.rules)

    def _plan(self, model: ModelId, caller: Principal, prompt_tokens: int) -> Plan | None:
        facts = Facts.of(model, caller, prompt_tokens, self._waiting())
        return decide(self._book.rules, facts)

    async def _follow(
        self, plan: Plan, request: GenerationRequest, here: Here, halt: Halt | None
    ) -> Walk:
        """Ask each place in turn until one has begun to answer; the last one's error counts."""
        problem: InferenceError | None = None
        for step in plan.steps:
            walk = here() if step.provider_id is None else self._away(step, request, halt)
            begun = False
            try:
                async for event in walk:
                    begun = True
                    yield event
            except InferenceError as error:
                if begun or not _goes_on(plan, step, error):
                    raise
                logger.info("%s: %s", request.request_id, error.message)
                problem = telling(problem, error)
            else:
                return
            finally:
                await walk.aclose()
        raise problem or _nobody()

    async def _follow_plain(
        self, plan: Plan, question: Question[Result], here: PlainHere[Result]
    ) -> Result:
        """Ask each place in turn until one has answered."""
        problem: InferenceError | None = None
        for step in plan.steps:
            try:
                if step.provider_id is None:
                    return await here()
                upstream = self._upstream(step.provider_id)
                with Asking(self._book, step.provider_id):
                    return await self._client.ask(upstream, question, step.model)
            except InferenceError as error:
                if not _goes_on(plan, step, error):
                    raise
                logger.info("%s of %s: %s", question.kind, question.model, error.message)
                problem = telling(problem, error)
        raise problem or _nobody()

    async def _away(self, step: Step, request: GenerationRequest, halt: Halt | None) -> Walk:
        """One provider's answer, its circuit told how it went."""
        assert step.provider_id is not None
        upstream = self._upstream(step.provider_id)
        with Asking(self._book, step.provider_id) as asking:
            walk = self._client.answer(upstream, replace(request, model=step.model), halt)
            try:
                async for event in walk:
                    asking.begun()
                    yield event
            finally:
                await walk.aclose()

    def _upstream(self, provider_id: str) -> Upstream:
        """Raises ``UpstreamFailed`` for one that is not to be asked now."""
        refused = self._book.why_not(provider_id)
        if refused is not None:
            raise UpstreamFailed(f"The model is routed to another server, and {refused}.")
        provider = self._book.providers[provider_id]
        try:
            return self._book.upstream(provider)
        except SecretUnreadable as error:
            raise UpstreamFailed(f"{provider.name}: {error.detail}") from None


def _goes_on(plan: Plan, step: Step, error: InferenceError) -> bool:
    """Whether another place may do better."""
    return plan.goes_on(error) if step.provider_id is None else not is_of_the_request(error)


def _nobody() -> UpstreamFailed:
    return UpstreamFailed("Nobody was asked: the rule has no targets.")
