"""A schema in other words allows what it allowed before."""

from typing import Any

import pytest

from mlx_manager.mlx_server.output.json_schema import followable
from tests.mlx_server.api.json_schemas import FLAG, INTEGER, WORD, an_object

A, B = an_object("k", k={"const": 1}), an_object("k", "v", k={"const": 2}, v=FLAG)
POINTERS = {"$defs": {"a/b": A, "B": {"$ref": "#/$defs/b~0"}, "b~": B}}
BY_REFERENCE = [{"$ref": "#/$defs/a~1b"}, {"$ref": "#/$defs/B"}]


@pytest.mark.parametrize(
    "branches",
    [
        [FLAG, INTEGER, {"type": ["null", "string"]}],
        [{"const": 1}, {"enum": [2, "1"]}, {"const": True}],
        [A, B],
        [A, {"type": "object", "required": ["other"]}],
        [an_object("in", **{"in": A}), an_object("in", **{"in": B})],
        BY_REFERENCE,
    ],
)
def test_one_of_what_excludes_each_other_is_any_of_it(branches: list[Any]) -> None:
    written = followable({"oneOf": branches, "title": "T", **POINTERS})
    assert written == {"anyOf": branches, "title": "T", **POINTERS}


@pytest.mark.parametrize(
    "branches",
    [
        [],
        [INTEGER, {"type": "number"}],
        [WORD, {"const": "a"}],
        [{"enum": [1, 2]}, {"enum": [2.0]}],
        [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}],
        [an_object("k", k=WORD), an_object("k", k={"const": "a"})],
        [an_object(k={"const": 1}), an_object(k={"const": 2})],  # {} is both
        [{"$ref": "#/$defs/a~1b"}, {"$ref": "#/$defs/nothing"}],
        [{"$ref": "#/$defs/loop"}, {"$ref": "https://example.com/"}],
        [True, False],
        "text",
        None,
    ],
)
def test_one_of_anything_else_is_left_to_be_refused(branches: Any) -> None:
    schema = {"oneOf": branches, "$defs": {"a/b": A, "loop": {"$ref": "#/$defs/loop"}}}
    assert followable(schema) == schema


def test_any_of_beside_one_of_stays() -> None:
    schema = {"anyOf": [FLAG], "oneOf": [FLAG, INTEGER]}
    assert followable(schema) == schema


@pytest.mark.parametrize(
    ("schema", "bound"),
    [
        ({"exclusiveMinimum": 0, "maximum": 0.5}, "exclusiveMinimum"),
        ({"type": "number", "exclusiveMinimum": 1, "exclusiveMaximum": 1.5}, "exclusiveMinimum"),
        ({"minimum": -0.1, "exclusiveMaximum": 0}, "exclusiveMaximum"),
        ({"minimum": -1e-9, "exclusiveMaximum": 0.0}, "exclusiveMaximum"),
    ],
)
def test_an_open_end_at_a_whole_number_moves_inwards_by_a_sliver(
    schema: dict[str, Any], bound: str
) -> None:
    written = followable({"items": schema})["items"]
    assert written.keys() == schema.keys()
    assert 0 < abs(written[bound] - schema[bound]) <= 1e-6
    other = next(name for name in schema if name not in (bound, "type"))
    assert (schema[bound] < written[bound] < schema[other]) or (
        schema[other] < written[bound] < schema[bound]
    )


@pytest.mark.parametrize(
    "schema",
    [
        {"exclusiveMinimum": 0},
        {"exclusiveMinimum": 0, "maximum": 1},
        {"exclusiveMinimum": 0.5, "maximum": 0.6},
        {"type": "integer", "exclusiveMinimum": 0, "maximum": 0.5},
        {"exclusiveMinimum": True, "maximum": "a"},
        {"const": {"exclusiveMinimum": 0, "maximum": 0.5, "oneOf": [FLAG, INTEGER]}},
        {"enum": [{"oneOf": [FLAG, INTEGER]}]},
        {"properties": [1], "items": 5, "anyOf": {"a": 1}, "required": 7, "type": 7},
        True,
        7,
    ],
)
def test_all_else_stays_as_it_is(schema: Any) -> None:
    assert followable(schema) == schema


def test_names_of_properties_are_no_keywords() -> None:
    schema = {"properties": {"oneOf": {"oneOf": [FLAG, INTEGER]}, "const": {"const": 1}}}
    changed = {"properties": {"oneOf": {"anyOf": [FLAG, INTEGER]}, "const": {"const": 1}}}
    assert followable(schema) == changed
