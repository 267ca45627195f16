"""The acting half: follows the plan that ``decide`` makes."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from mlx_manager.mlx_server.core.elsewhere import Here, OfferedModel, Walk
from mlx_manager.mlx_server.core.halt import Halt
from mlx_manager.mlx_server.core.principal import Principal
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import InferenceError, UpstreamFailed
from mlx_manager.services.routing.asking import Asking
from mlx_manager.services.routing.book import RoutingBook
from mlx_manager.services.routing.decide import Facts, Plan, Step, decide, fits, offered_as
from mlx_manager.services.secret_box import SecretUnreadable
from mlx_manager.services.upstream.client import UpstreamClient
from mlx_manager.services.upstream.faults import is_of_the_request
from mlx_manager.services.upstream.reading import estimated_tokens

logger = logging.getLogger(__name__)


class Routing:
    """Implements ``core.elsewhere.Elsewhere`` by the rules in the book.

    ``is_enabled`` is the administrator's switch; ``waiting`` counts requests that wait here.
    """

    def __init__(
        self,
        book: RoutingBook,
        client: UpstreamClient,
        is_enabled: Callable[[], bool],
        waiting: Callable[[], int],
    ) -> None:
        self._book = book
        self._client = client
        self._is_enabled = is_enabled
        self._waiting = waiting

    def answer(self, request: GenerationRequest, here: Here, halt: Halt | None) -> Walk | None:
        """A walk by the first rule that fits; None where none does, or nothing may leave."""
        caller = request.principal
        if not self._is_enabled() or caller.local_only or not self._book.rules:
            return None
        facts = Facts.of(request.model, caller, estimated_tokens(request), self._waiting())
        plan = decide(self._book.rules, facts)
        return None if plan is None else self._follow(plan, request, here, halt)

    def models(self, caller: Principal) -> Sequence[OfferedModel]:
        """The names that the rules give to what the providers offer."""
        if not self._is_enabled() or caller.local_only:
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
                problem = error
            else:
                return
            finally:
                await walk.aclose()
        raise problem or UpstreamFailed("Nobody was asked: the rule has no targets.")

    async def _away(self, step: Step, request: GenerationRequest, halt: Halt | None) -> Walk:
        """One provider's answer, its circuit told how it went."""
        assert step.provider_id is not None
        refused = self._book.why_not(step.provider_id)
        if refused is not None:
            raise UpstreamFailed(f"The model is routed to another server, and {refused}.")
        provider = self._book.providers[step.provider_id]
        try:
            upstream = self._book.upstream(provider)
        except SecretUnreadable as error:
            raise UpstreamFailed(f"{provider.name}: {error.detail}") from None
        with Asking(self._book, step.provider_id) as asking:
            walk = self._client.answer(upstream, replace(request, model=step.model), halt)
            try:
                async for event in walk:
                    asking.begun()
                    yield event
            finally:
                await walk.aclose()


def _goes_on(plan: Plan, step: Step, error: InferenceError) -> bool:
    """Whether another place may do better."""
    return plan.goes_on(error) if step.provider_id is None else not is_of_the_request(error)
