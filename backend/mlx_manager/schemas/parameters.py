"""How replies are made: of one turn, or of a whole conversation."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

StopString = Annotated[str, Field(min_length=1, max_length=200)]


class Parameters(BaseModel):
    """Sampling and thinking. What is left out is left to the next to be asked: a turn's to its
    conversation, a conversation's to the model, a model's to the server."""

    model_config = ConfigDict(extra="forbid")

    thinking: bool | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    top_k: Annotated[int, Field(ge=0, le=1000)] | None = None
    min_p: Annotated[float, Field(ge=0, le=1)] | None = None
    repetition_penalty: Annotated[float, Field(ge=0.01, le=2)] | None = None
    max_tokens: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    stop: Annotated[list[StopString], Field(max_length=16)] | None = None

    def over(self, others: "Parameters") -> "Parameters":
        """These, and ``others`` where these say nothing."""
        return Parameters.model_validate(
            {
                name: getattr(others, name) if getattr(self, name) is None else getattr(self, name)
                for name in Parameters.model_fields
            }
        )
