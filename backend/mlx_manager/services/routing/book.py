"""Rules, providers and their circuits as they are in force: what every request looks at."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from mlx_manager.db.providers import Provider
from mlx_manager.schemas.routing import RuleReply
from mlx_manager.services.routing.circuit import Circuit
from mlx_manager.services.secret_box import SecretBox
from mlx_manager.services.upstream.upstream import Patience, Upstream, UpstreamKind, api_url


@dataclass
class RoutingBook:
    """Kept equal to the tables by the two services that write them."""

    box: SecretBox
    clock: Callable[[], float] = time.monotonic
    rules: Sequence[RuleReply] = ()
    providers: dict[str, Provider] = field(default_factory=dict)
    _circuits: dict[str, Circuit] = field(default_factory=dict)

    def circuit(self, provider_id: str) -> Circuit:
        """A provider's; closed where nothing is known."""
        return self._circuits.get(provider_id, Circuit())

    def note(self, provider_id: str, circuit: Circuit) -> None:
        """What was learnt of a provider."""
        self._circuits[provider_id] = circuit

    def put(self, provider: Provider) -> None:
        """A new or changed provider: what its old address did says nothing of it."""
        self.providers[provider.id] = provider
        self._circuits.pop(provider.id, None)

    def drop(self, provider_id: str) -> None:
        """A provider that is gone."""
        self.providers.pop(provider_id, None)
        self._circuits.pop(provider_id, None)

    def why_not(self, provider_id: str) -> str | None:
        """Why a provider would not be asked at this moment, None when it would."""
        provider, circuit = self.providers.get(provider_id), self.circuit(provider_id)
        if provider is None:
            return "there is no such provider any more"
        if not provider.is_enabled:
            return f"{provider.name} is switched off"
        if not circuit.admits(self.clock()):
            seconds = circuit.retry_seconds(self.clock())
            return f"{provider.name} failed lately and is left alone for {seconds:.0f} s more"
        return None

    def upstream(self, provider: Provider) -> Upstream:
        """A provider as the client knows it. Raises ``SecretUnreadable``."""
        sealed = provider.sealed_key
        return Upstream(
            name=provider.name,
            base_url=api_url(provider.base_url),
            kind=UpstreamKind(provider.kind.value),
            key=None if sealed is None else self.box.open(sealed, key_purpose(provider.id)),
            place=provider.name,
            uses_proxy=True,
            patience=Patience(
                provider.connect_seconds, provider.first_seconds, provider.stall_seconds
            ),
        )


def key_purpose(provider_id: str) -> str:
    """What a provider's key is sealed for."""
    return f"provider:{provider_id}"
