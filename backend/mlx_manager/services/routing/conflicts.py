"""What providers and rules cannot be, because of the others.

RoutingConflict
├── ProviderExists          409 provider_exists
├── ProviderInUse           409 provider_in_use
├── UnknownProvider         409 unknown_provider
├── RulesChanged            409 rules_changed
└── TooManyRules            409 too_many_rules
"""

from mlx_manager.errors import ManagerError


class RoutingConflict(ManagerError):
    """The change does not go with what is there."""

    status = 409


class ProviderExists(RoutingConflict):
    """Another provider has this name."""

    code = "provider_exists"


class ProviderInUse(RoutingConflict):
    """Routing rules name this provider."""

    code = "provider_in_use"


class UnknownProvider(RoutingConflict):
    """A routing rule names a provider that there is not."""

    code = "unknown_provider"


class RulesChanged(RoutingConflict):
    """An order of the routing rules is not of those there are."""

    code = "rules_changed"


class TooManyRules(RoutingConflict):
    """There are as many routing rules as there may be."""

    code = "too_many_rules"
