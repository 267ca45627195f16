"""Trees of messages: every way through one, and what is left when a branch goes."""

from hypothesis import given
from hypothesis import strategies as st

from mlx_manager.services.message_tree import MessageTree, Node


@st.composite
def trees(draw: st.DrawFn) -> list[Node]:
    """Up to 12 messages, each after an earlier one or after none."""
    size = draw(st.integers(0, 12))
    parents = [draw(st.none() | st.integers(0, at - 1)) if at else None for at in range(size)]
    return [
        Node(str(at), None if parent is None else str(parent), at)
        for at, parent in enumerate(parents)
    ]


@given(trees())
def test_a_way_begins_with_a_first_message_and_each_follows_the_one_before(
    nodes: list[Node],
) -> None:
    tree, by_id = MessageTree(nodes), {node.id: node for node in nodes}
    assert tree.next_position == len(nodes)
    for node in nodes:
        path = tree.path(node.id)
        assert path[-1] == node.id
        assert [by_id[each].parent_id for each in path] == [None, *path[:-1]]
        assert node.id in tree.versions(node.id)
        assert {by_id[each].parent_id for each in tree.versions(node.id)} == {node.parent_id}


@given(trees())
def test_the_newest_leaf_below_a_message_is_a_leaf_below_it(nodes: list[Node]) -> None:
    tree, parents = MessageTree(nodes), {node.parent_id for node in nodes}
    for node in nodes:
        leaf = tree.leaf_of(node.id)
        assert leaf not in parents
        assert node.id in tree.path(leaf)
    assert tree.path(tree.leaf_of(None)) == tree.path(tree.active_leaf(None))
    assert (tree.active_leaf("gone") is None) == (nodes == [])


@given(trees())
def test_a_branch_is_a_message_and_all_whose_way_leads_through_it(nodes: list[Node]) -> None:
    tree = MessageTree(nodes)
    for node in nodes:
        branch = tree.branch(node.id)
        assert sorted(branch) == sorted(n.id for n in nodes if node.id in tree.path(n.id))
        left = tree.without(branch)
        assert [n.id for n in nodes if n.id in left] == [n.id for n in nodes if n.id not in branch]
        assert node.parent_id is None or left.leaf_of(node.parent_id) in left


@given(trees(), st.none() | st.text("0123456789", max_size=2))
def test_beside_a_leaf_stands_another_version_of_it_or_none(
    nodes: list[Node], remembered: str | None
) -> None:
    tree = MessageTree(nodes)
    assert tree.beside(None, remembered) is None
    for node in nodes:
        others = {each.id for each in nodes if each.parent_id == node.parent_id} - {node.id}
        assert tree.beside(node.id, remembered) == (remembered if remembered in others else None)
