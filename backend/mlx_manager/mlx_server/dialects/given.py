"""Which fields a caller set, in words that hold for every dialect: a profile's defaults lie
beneath them."""

from pydantic import BaseModel

_OURS = {
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "stop_sequences": "stop",
    "reasoning_effort": "effort",
    "thinking": "effort",
}
_NESTED = ("reasoning", "output_config")


def given_fields(body: BaseModel) -> frozenset[str]:
    """The names, as ``GenerationRequest`` and ``SamplingParams`` have them. Null is not given."""
    names = {name for name in body.model_fields_set if getattr(body, name) is not None}
    given = {_OURS.get(name, name) for name in names}
    if any(_effort(getattr(body, name)) is not None for name in names.intersection(_NESTED)):
        given.add("effort")
    if getattr(body, "top_p", None) == 0:
        given.add("top_k")  # the smallest nucleus is read as one token
    if _says_how_many_calls(getattr(body, "tool_choice", None)):
        given.add("parallel_tool_calls")
    return frozenset(given)


def _effort(value: object) -> object:
    return value.get("effort") if isinstance(value, dict) else getattr(value, "effort", None)


def _says_how_many_calls(choice: object) -> bool:
    """As Anthropic's clients do."""
    return isinstance(choice, dict) and choice.get("disable_parallel_tool_use") is not None
