"""Which rule fits, and where a request goes by it."""

from typing import Any

import pytest
from pydantic import ValidationError

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.errors import (
    BadRequest,
    EngineFailed,
    InferenceError,
    InsufficientMemory,
    InvalidModel,
    ModelNotFound,
    Overloaded,
)
from mlx_manager.services.routing.decide import Facts, decide, offered_as
from tests.services.routing.rules import rule

FACTS = Facts(ModelId("org/model"), prompt_tokens=100, user_id="u1", key_id="k1", waiting=3)


@pytest.mark.parametrize(
    ("fields", "fits"),
    [
        ({}, True),
        ({"model": "org/*"}, True),
        ({"model": "*del"}, True),
        ({"model": "org/model"}, True),
        ({"model": "org"}, False),
        ({"model": "ORG/*"}, False),
        ({"model": "org/[m]odel"}, False),
        ({"is_enabled": False}, False),
        ({"user_ids": ["u1", "u2"]}, True),
        ({"user_ids": ["u2"]}, False),
        ({"key_ids": ["k1"]}, True),
        ({"key_ids": ["k2"], "user_ids": ["u1"]}, False),
        ({"prompt_tokens_from": 100}, True),
        ({"prompt_tokens_from": 101}, False),
        ({"prompt_tokens_below": 101}, True),
        ({"prompt_tokens_below": 100}, False),
    ],
)
def test_a_rule_fits_when_every_condition_holds(fields: dict[str, Any], fits: bool) -> None:
    assert (decide([rule(**fields)], FACTS) is not None) is fits


@pytest.mark.parametrize(
    ("fields", "places"),
    [
        ({}, ["p1"]),
        ({"then_here": True}, ["p1", None]),
        ({"when": "absent"}, [None, "p1"]),
        ({"when": "busy"}, [None, "p1"]),
        ({"when": "busy", "waiting_from": 4}, [None, "p1"]),
        ({"when": "busy", "waiting_from": 3}, ["p1"]),
        ({"when": "unavailable", "waiting_from": 3, "then_here": True}, ["p1", None]),
        ({"when": "absent", "waiting_from": 3}, [None, "p1"]),
        ({"targets": [{"provider_id": "p2"}, {"provider_id": "p1"}]}, ["p2", "p1"]),
    ],
)
def test_places_come_in_the_order_that_the_rule_is_for(
    fields: dict[str, Any], places: list[str | None]
) -> None:
    plan = decide([rule(**fields)], FACTS)
    assert plan is not None
    assert [step.provider_id for step in plan.steps] == places


def test_the_first_rule_that_fits_decides() -> None:
    rules = [rule("other", id="no"), rule(id="first"), rule(id="second")]
    plan = decide(rules, FACTS)
    assert plan is not None
    assert plan.rule.id == "first"
    assert decide([], FACTS) is None


@pytest.mark.parametrize(
    ("when", "goes_on"),
    [
        ("always", ()),
        ("absent", (ModelNotFound, InvalidModel)),
        ("busy", (Overloaded, InsufficientMemory)),
        ("unavailable", (ModelNotFound, InvalidModel, Overloaded, InsufficientMemory)),
    ],
)
def test_only_what_the_rule_is_for_leaves_this_machine(
    when: str, goes_on: tuple[type[InferenceError], ...]
) -> None:
    plan = decide([rule(when=when)], FACTS)
    assert plan is not None
    every = (
        ModelNotFound,
        InvalidModel,
        Overloaded,
        InsufficientMemory,
        EngineFailed,
        BadRequest,
    )
    assert tuple(kind for kind in every if plan.goes_on(kind("x"))) == tuple(
        kind for kind in every if kind in goes_on
    )


@pytest.mark.parametrize(
    ("pattern", "target", "asked", "sent"),
    [
        ("org/*", None, "org/model", "org/model"),
        ("org/*", "far", "org/model", "far"),
        ("far/*", "*", "far/org/model", "org/model"),
        ("*", "hub/*-4bit", "m", "hub/m-4bit"),
        ("*-chat", "*", "a-chat", "a"),
    ],
)
def test_a_target_may_know_the_model_by_another_name(
    pattern: str, target: str | None, asked: str, sent: str
) -> None:
    one = rule(pattern, targets=[{"provider_id": "p1", "model": target}])
    plan = decide([one], Facts(ModelId(asked)))
    assert plan is not None
    assert plan.steps[0].model == sent
    assert offered_as(one, one.targets[0], [sent]) == ([] if target == "far" else [asked])


def test_a_star_at_a_target_needs_one_in_the_pattern() -> None:
    for pattern in ("plain", "*/*"):
        with pytest.raises(ValidationError, match="exactly one"):
            rule(pattern, targets=[{"provider_id": "p1", "model": "x/*"}])
