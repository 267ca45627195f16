"""The shape of a conversation: which message follows which. Pure: ids, no texts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A message's place: after ``parent_id``, written as number ``position`` of its chat."""

    id: str
    parent_id: str | None
    position: int


class MessageTree:
    """The messages of one conversation. Roots are versions of the first message."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes: dict[str, Node] = {}
        self._children: defaultdict[str | None, list[str]] = defaultdict(list)
        for node in sorted(nodes, key=lambda node: node.position):
            self._nodes[node.id] = node
            self._children[node.parent_id].append(node.id)

    def __contains__(self, message_id: str) -> bool:
        return message_id in self._nodes

    @property
    def next_position(self) -> int:
        """Where the next message is written."""
        return max((node.position for node in self._nodes.values()), default=-1) + 1

    def versions(self, message_id: str) -> Sequence[str]:
        """The messages in this one's place, itself among them, oldest first."""
        return self._children[self._nodes[message_id].parent_id]

    def parent(self, message_id: str) -> str | None:
        """The message that one follows; None of a first one."""
        return self._nodes[message_id].parent_id

    def path(self, leaf_id: str | None) -> list[str]:
        """From the first message to ``leaf_id``, both included; nothing for None."""
        path: list[str] = []
        while leaf_id is not None:
            path.append(leaf_id)
            leaf_id = self._nodes[leaf_id].parent_id
        path.reverse()
        return path

    def leaf_of(self, message_id: str | None) -> str | None:
        """The end of the newest branch through a message, or of all for None; None of an empty
        conversation."""
        while children := self._children.get(message_id):
            message_id = children[-1]
        return message_id

    def active_leaf(self, remembered: str | None) -> str | None:
        """The remembered leaf, or the newest where that is gone."""
        return remembered if remembered in self._nodes else self.leaf_of(None)

    def beside(self, leaf_id: str | None, remembered: str | None) -> str | None:
        """The remembered version of a leaf that it is compared with; None where that is gone, or
        is the leaf itself."""
        if leaf_id is None or remembered == leaf_id or remembered not in self.versions(leaf_id):
            return None
        return remembered

    def without(self, gone: Collection[str]) -> "MessageTree":
        """The tree when some messages, with all that follow them, are gone."""
        gone = set(gone)
        return MessageTree(node for node in self._nodes.values() if node.id not in gone)

    def branch(self, message_id: str) -> list[str]:
        """A message and all that follow it, on whatever branch."""
        found = [message_id]
        for each in found:
            found.extend(self._children.get(each, ()))
        return found
