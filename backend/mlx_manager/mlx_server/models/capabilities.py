"""What a model can do: read from its files, never from its name; shown, and held to."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from mlx_manager.mlx_server.core import architecture
from mlx_manager.mlx_server.core.request import GenerationRequest
from mlx_manager.mlx_server.errors import BadRequest, InvalidModel
from mlx_manager.mlx_server.models.embedding_files import (
    read_embedding_profile,
    read_ranking_profile,
)
from mlx_manager.mlx_server.models.files import CONFIG, read_config
from mlx_manager.mlx_server.models.tokenizer_files import (
    NAMED_TEMPLATES,
    TEMPLATE,
    VOCABULARIES,
    read_tokenizer_abilities,
)

_READ = (
    CONFIG,
    TEMPLATE,
    NAMED_TEMPLATES,
    *VOCABULARIES,
    "modules.json",
    "1_Pooling/config.json",
    "1_LogitScore/config.json",
    "sentence_bert_config.json",
    "README.md",
)
_VISION = ("vision_config", "vision_tower", "visual", "mm_vision_tower")
_DRAFT_HEADS = ("Eagle", "DFlash", "Medusa", "MLPSpeculator")
_DRAFT_KEYS = ("draft_vocab_size", "dflash_config", "eagle_config", "speculators_config")


@dataclass(frozen=True, slots=True)
class Capabilities:
    """``context_length`` in tokens, prompt and answer together.

    ``chat``: there is a template; ``tools``: and a format of calls that can be read;
    ``reasoning``: and markers around it. A model that makes embeddings or ranks texts
    (``rerank``) does none of these, whatever template it was trained from. ``vision``: the
    configuration has a part that sees. ``draft``: only guesses ahead for another model.
    ``infill``: the vocabulary has tokens for filling in the middle.
    """

    context_length: int
    chat: bool = False
    tools: bool = False
    reasoning: bool = False
    embeddings: bool = False
    rerank: bool = False
    vision: bool = False
    draft: bool = False
    infill: bool = False

    def to_json(self) -> dict[str, int | bool]:
        """As ``/v1/models`` shows it."""
        return asdict(self)


Check = Callable[[Capabilities], None]
"""Raises ``BadRequest`` when a model cannot do what is asked of it."""


def read_capabilities(path: Path) -> Capabilities:
    """What the model in a directory can do; files are read again only when they have changed.

    Blocking. Raises ``InvalidModel`` naming a file that is broken.
    """
    return _read(path, tuple(_stamp(path / name) for name in _READ))


@dataclass(frozen=True, slots=True)
class _Stamp:
    """A state of one file. In the Hugging Face cache it is the blob's, behind the link."""

    inode: int
    size: int
    modified_ns: int


def _stamp(file: Path) -> _Stamp | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return _Stamp(stat.st_ino, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=1024)
def _read(path: Path, stamps: tuple[_Stamp | None, ...]) -> Capabilities:
    del stamps  # another state of the files is another entry
    config = read_config(path)
    embeds = _has(read_embedding_profile, path)
    ranks = not embeds and _has(read_ranking_profile, path)
    drafts = _is_draft(config)
    tokenizer = read_tokenizer_abilities(path, config["model_type"])
    chats = tokenizer.chat and not (embeds or ranks or drafts)
    return Capabilities(
        context_length=architecture.context_length(config),
        chat=chats,
        tools=chats and tokenizer.tools,
        reasoning=chats and tokenizer.reasoning,
        embeddings=embeds,
        rerank=ranks,
        vision=any(config.get(key) for key in _VISION),
        draft=drafts,
        infill=tokenizer.infill and not (embeds or ranks or drafts),
    )


def _has(read_profile: Callable[[Path, str], object], path: Path) -> bool:
    try:
        read_profile(path, path.name)
    except (BadRequest, InvalidModel):
        return False
    return True


def _is_draft(config: Mapping[str, Any]) -> bool:
    named = config.get("architectures")
    heads = [str(each) for each in named] if isinstance(named, list) else []
    return any(sign in head for head in heads for sign in _DRAFT_HEADS) or any(
        key in config for key in _DRAFT_KEYS
    )


def can_answer(request: GenerationRequest) -> Check:
    """The check of a chat or completion, before its model is loaded for nothing."""

    def check(able: Capabilities) -> None:
        if request.messages is not None and not able.chat:
            raise BadRequest(
                f"The model {request.model!r} {_instead_of_chat(able)} "
                '(GET /v1/models says "chat": false).',
                param="messages",
            )
        if request.suffix is not None and not able.infill:
            raise BadRequest(
                f"The model {request.model!r} cannot fill in the middle: its tokenizer has no "
                "tokens for it (GET /v1/models says \"infill\": false). Leave 'suffix' out, or "
                "choose a model with that capability.",
                param="suffix",
            )
        if request.tools and not able.tools:
            raise BadRequest(
                f"The model {request.model!r} cannot call tools: neither its chat template nor its "
                'vocabulary has a format for calls (GET /v1/models says "tools": false). Leave '
                "'tools' out, or choose a model with that capability.",
                param="tools",
            )

    return check


def _instead_of_chat(able: Capabilities) -> str:
    if able.embeddings:
        return "makes embeddings and does not chat. Use it at /v1/embeddings"
    if able.rerank:
        return "ranks documents and does not chat. Use it at /v1/rerank"
    if able.draft:
        return "only drafts for another model and does not chat. Choose that one"
    return "has no chat template. Use /v1/completions with a prompt"


def anything(able: Capabilities) -> None:
    """The check that every model passes."""
    del able
