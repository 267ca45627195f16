"""A query and each of its documents, as what a reranker reads."""

from mlx_manager.mlx_server.core.embedding import (
    ClassLogits,
    Passage,
    RankingProfile,
    RankingRequest,
    Readout,
    TokenLogits,
)
from mlx_manager.mlx_server.core.model import ModelHandle, Tokenizer
from mlx_manager.mlx_server.errors import BadRequest
from mlx_manager.mlx_server.prompt.passages import check_length

DEFAULT_INSTRUCTION = "Given a web search query, retrieve relevant passages that answer the query"

# Qwen3-Reranker's prompt, as its model card gives it (huggingface.co/Qwen/Qwen3-Reranker-0.6B).
_QWEN3 = (
    "<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and "
    'the Instruct provided. Note that the answer can only be "yes" or "no".<|im_end|>\n'
    "<|im_start|>user\n<Instruct>: {instruction}\n<Query>: {query}\n<Document>: {document}"
    "<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n"
)


def build_pairs(
    handle: ModelHandle, profile: RankingProfile, request: RankingRequest
) -> tuple[tuple[Passage, ...], Readout]:
    """Encode; run it in a worker thread.

    Raises ``BadRequest`` and ``ContextExceeded`` naming the document.
    """
    passages = tuple(_pair(handle, profile, request, document) for document in request.documents)
    for at, passage in enumerate(passages):
        check_length(handle, passage, profile.max_tokens, f"documents[{at}]")
    if not profile.judges:
        return passages, ClassLogits()
    return passages, TokenLogits(profile.tokens or _yes_and_no(handle))


def _pair(
    handle: ModelHandle, profile: RankingProfile, request: RankingRequest, document: str
) -> Passage:
    if not profile.judges:
        ids, second_at = handle.tokenizer.encode_pair(request.query, document)
        return Passage(tuple(ids), second_at)
    if profile.template is not None:
        text = _rendered(handle.tokenizer, profile.template, request, document)
    else:
        text = _QWEN3.format(
            instruction=request.instruction or DEFAULT_INSTRUCTION,
            query=request.query,
            document=document,
        )
    return Passage(tuple(handle.tokenizer.encode(text, add_special_tokens=False)))


def _rendered(tokenizer: Tokenizer, template: str, request: RankingRequest, document: str) -> str:
    """The model's own template; it brings its own instruction where none is given."""
    turns = [
        {"role": "query", "content": request.query},
        {"role": "document", "content": document},
    ]
    if request.instruction is not None:
        turns.insert(0, {"role": "system", "content": request.instruction})
    rendered = tokenizer.apply_chat_template(
        turns, chat_template=template, tokenize=False, add_generation_prompt=True
    )
    return str(rendered)


def _yes_and_no(handle: ModelHandle) -> tuple[int, ...]:
    encode = handle.tokenizer.encode
    yes, no = (encode(word, add_special_tokens=False) for word in ("yes", "no"))
    if len(yes) != 1 or len(no) != 1:
        raise BadRequest(
            f"{handle.id!r} has no single tokens for yes and no, so it cannot judge a document.",
            param="model",
        )
    return (*yes, *no)
