"""What a person types is never an error, finds what is there, and never what is another's."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlx_manager.services.search_query import (
    MATCH_BEGINS,
    MATCH_ENDS,
    search_expression,
    snippet_parts,
)

FIND = "SELECT rowid FROM chat_search WHERE chat_search MATCH ? ORDER BY rowid"
SYNTAX = st.text(st.sampled_from("\"*()^:+-{}\\ ab\0'") | st.characters(codec="utf-8"), max_size=30)


@pytest.fixture(scope="module")
def index(migrated_database: Path) -> Iterator[sqlite3.Connection]:
    """The FTS5 table that the migrations made, with rows of two owners."""
    with closing(sqlite3.connect(migrated_database)) as connection:
        for owner in ("ada", "bob"):
            for text in ("The prefix cache keeps whole prompts", "Über den Wolken", "owner : bob"):
                connection.execute(
                    "INSERT INTO chat_search (owner, content) VALUES (?, ?)", (owner, text)
                )
        yield connection
        connection.rollback()


def found(index: sqlite3.Connection, owner: str, typed: str) -> list[int]:
    expression = search_expression(owner, typed)
    rows = [] if expression is None else index.execute(FIND, (expression,)).fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("cache", [1]),
        ("CACHE prefix", [1]),
        ("prom", [1]),
        ("prom ", []),
        ("prefix cache nothing", []),
        ('"prefix cache"', [1]),
        ('"cache prefix"', []),
        ('"whole prompts', [1]),
        ("uber wolken", [2]),
        ("owner : bob", [3]),
        ("cache OR wolken", []),
        ("cache*", [1]),
        ("", []),
        (' "" * ( ', []),
    ],
)
def test_words_are_looked_for_and_nothing_else(
    index: sqlite3.Connection, typed: str, rows: list[int]
) -> None:
    assert found(index, "ada", typed) == rows
    assert found(index, "bob", typed) == [row + 3 for row in rows]
    assert found(index, "eve", typed) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(SYNTAX)
def test_nothing_that_is_typed_is_an_error_or_leads_to_another_owner(
    index: sqlite3.Connection, typed: str
) -> None:
    assert set(found(index, "ada", typed)) <= {1, 2, 3}


def test_a_snippet_says_which_of_it_matched() -> None:
    parts = snippet_parts(f"the {MATCH_BEGINS}prefix{MATCH_ENDS} cache")
    assert [(part.text, part.is_match) for part in parts] == [
        ("the ", False),
        ("prefix", True),
        (" cache", False),
    ]
    assert snippet_parts("") == []
