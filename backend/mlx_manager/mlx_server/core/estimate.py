"""The size of texts for a model whose tokenizer is not here."""

from collections.abc import Iterable, Sequence

from mlx_manager.mlx_server.core.request import GenerationRequest

CHARACTERS_A_TOKEN = 4


def estimated_tokens(texts: Iterable[str | Sequence[int]]) -> int:
    """Of all together; token ids are counted as they are."""
    characters = ids = 0
    for text in texts:
        if isinstance(text, str):
            characters += len(text)
        else:
            ids += len(text)
    return ids - (-characters // CHARACTERS_A_TOKEN)


def estimated_prompt(request: GenerationRequest) -> int:
    """Of all that a request has a model read."""
    if request.token_ids is not None:
        return len(request.token_ids)
    texts = [request.text or ""]
    for message in request.messages or ():
        texts += (message.content, message.reasoning or "")
        texts += (call.arguments for call in message.tool_calls)
    texts += (str(tool) for tool in request.tools)
    return estimated_tokens(texts)
