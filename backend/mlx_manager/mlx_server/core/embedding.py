"""What a text is worth to a model as a vector or a score, in no dialect at all."""

from array import array
from dataclasses import dataclass
from enum import StrEnum

from mlx_manager.mlx_server.core.ids import ModelId
from mlx_manager.mlx_server.core.model import ModelHandle
from mlx_manager.mlx_server.core.principal import Principal

Vector = array
"""``array("f")``: 32-bit floats in the machine's order."""


class Pooling(StrEnum):
    """How hidden states become one vector, in the words of sentence-transformers' files."""

    LAST = "lasttoken"
    MEAN = "mean"
    CLS = "cls"


@dataclass(frozen=True, slots=True)
class UnitVector:
    """Read pooled hidden states, cut to ``dimensions`` values where given, at length one."""

    pooling: Pooling
    dimensions: int | None = None


@dataclass(frozen=True, slots=True)
class TokenLogits:
    """Read the logits of these tokens after the last position."""

    tokens: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClassLogits:
    """Read the logits of the model's classification head."""


Readout = UnitVector | TokenLogits | ClassLogits


@dataclass(frozen=True, slots=True)
class Passage:
    """One text as ids. In a pair for a cross-encoder the second one starts at ``second_at``."""

    token_ids: tuple[int, ...]
    second_at: int | None = None

    def __len__(self) -> int:
        return len(self.token_ids)


@dataclass(frozen=True, slots=True)
class EmbedSpec:
    """One job for the engine: a vector of ``readout`` for each passage, in their order."""

    model: ModelHandle
    passages: tuple[Passage, ...]
    readout: Readout


@dataclass(frozen=True, slots=True)
class EmbeddingProfile:
    """What a model's files say about its embeddings.

    ``width`` is the length of a whole vector; ``cuts`` the lengths it may be cut to, where the
    files list them. ``max_tokens`` bounds one text.
    """

    pooling: Pooling
    width: int
    max_tokens: int
    cuts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RankingProfile:
    """What a model's files say about scoring pairs.

    ``judges``: a decoder that answers yes or no; its ``tokens`` are named by the files, or found
    in the vocabulary. ``template`` renders roles ``query`` and ``document``, where there is one.
    Otherwise a cross-encoder with a classification head.
    """

    judges: bool
    max_tokens: int
    tokens: tuple[int, ...] | None = None
    template: str | None = None


@dataclass(frozen=True, slots=True)
class EmbeddingRequest:
    """Texts, or token ids that are taken as they are."""

    model: ModelId
    principal: Principal
    inputs: tuple[str | tuple[int, ...], ...]
    dimensions: int | None = None


@dataclass(frozen=True, slots=True)
class Embeddings:
    """A vector for each input, in order."""

    vectors: tuple["Vector[float]", ...]
    prompt_tokens: int


@dataclass(frozen=True, slots=True)
class RankingRequest:
    """``instruction`` tells a judging model what counts as relevant."""

    model: ModelId
    principal: Principal
    query: str
    documents: tuple[str, ...]
    instruction: str | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """How relevant each document is, in order: from 0 to 1, or as another server rates it."""

    scores: tuple[float, ...]
    prompt_tokens: int
