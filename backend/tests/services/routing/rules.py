"""Rules as tests write them."""

from datetime import UTC, datetime
from typing import Any

from mlx_manager.schemas.routing import RuleReply


def rule(model: str = "*", **fields: Any) -> RuleReply:
    """One that sends everything to the provider ``p1``, unless told otherwise."""
    return RuleReply.model_validate(
        {
            "id": fields.pop("id", "r1"),
            "name": "test",
            "model": model,
            "when": "always",
            "targets": [{"provider_id": "p1"}],
            "created_at": datetime(2026, 1, 1, tzinfo=UTC),
            **fields,
        }
    )
