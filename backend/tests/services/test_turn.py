"""Where a turn goes, and whether it may begin beside what is being written."""

import pytest

from mlx_manager.db.conversations import Conversation
from mlx_manager.db.messages import Message
from mlx_manager.errors import NotFound
from mlx_manager.schemas.message import Role
from mlx_manager.services.message_tree import MessageTree, Node
from mlx_manager.services.turn import (
    Beside,
    Follows,
    Place,
    leaf_before,
    may_begin,
    show_reply,
)

TREE = MessageTree([Node("asked", None, 0), Node("one", "asked", 1), Node("two", "asked", 2)])


def shown(leaf: str) -> Conversation:
    return Conversation(user_id="ada", title="", model="first", active_leaf_id=leaf)


@pytest.mark.parametrize(
    ("running", "follows", "may"),
    [
        ([], Place.ACTIVE_LEAF, True),
        ([], "asked", True),
        ([], None, True),
        ([], Beside("one"), True),  # that has ended, and is compared all the same
        (["one"], Beside("one"), True),
        (["one"], Place.ACTIVE_LEAF, False),
        (["one"], "asked", False),
        (["one"], None, False),
        (["one"], Beside("two"), False),
        (["one", "two"], Beside("one"), False),
        (["one", "two"], Beside("three"), False),
    ],
)
def test_only_what_is_compared_begins_beside_a_running_reply(
    running: list[str], follows: Follows, may: bool
) -> None:
    assert may_begin(running, follows) is may


def test_a_turn_goes_after_what_it_names_and_a_compared_one_where_the_first_went() -> None:
    assert leaf_before(TREE, shown("one"), Place.ACTIVE_LEAF) == "one"
    assert leaf_before(TREE, shown("one"), "two") == "two"
    assert leaf_before(TREE, shown("one"), None) is None
    assert leaf_before(TREE, shown("two"), Beside("one")) == "asked"
    for gone in ("gone", Beside("gone")):
        with pytest.raises(NotFound):
            leaf_before(TREE, shown("one"), gone)


def test_a_compared_reply_is_shown_beside_the_first_and_changes_no_model() -> None:
    conversation = shown("one")
    two = Message(conversation_id="", position=2, role=Role.ASSISTANT, id="two", model="second")
    show_reply(conversation, two, Beside("one"))
    assert (conversation.active_leaf_id, conversation.beside_leaf_id) == ("one", "two")
    assert conversation.model == "first"
    show_reply(conversation, two, Place.ACTIVE_LEAF)
    assert (conversation.active_leaf_id, conversation.beside_leaf_id) == ("two", None)
    assert conversation.model == "second"
