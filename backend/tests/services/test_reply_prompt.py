"""What a turn asks of the model: its own wishes, then its conversation's, then the model's."""

import json
from typing import Any

from mlx_manager.db.conversations import Conversation
from mlx_manager.db.messages import Message
from mlx_manager.mlx_server.core.principal import LOCAL_OWNER
from mlx_manager.mlx_server.core.request import GenerationRequest, GrammarKind, SamplingParams
from mlx_manager.schemas.message import MessageCreate, Role
from mlx_manager.schemas.parameters import Parameters
from mlx_manager.services.reply_prompt import reply_request
from mlx_manager.services.turn import Turn

DEFAULTS = SamplingParams(temperature=0.7, top_k=20)


def asked(kept: dict[str, Any], **wishes: Any) -> GenerationRequest:
    conversation = Conversation(
        user_id="ada", title="T", model="m", parameters=Parameters.model_validate(kept)
    )
    said = Message(conversation_id=conversation.id, position=0, role=Role.USER, content="Hi")
    reply = Message(conversation_id=conversation.id, position=1, role=Role.ASSISTANT, model="m")
    turn = Turn(conversation, [said], reply, [said], {})
    create = MessageCreate.model_validate({"content": "Hi", **wishes})
    return reply_request(create, turn, LOCAL_OWNER, "req_1", DEFAULTS)


def test_a_turns_wishes_win_over_its_chats_and_those_over_the_models() -> None:
    plain = asked({})
    assert (plain.sampling, plain.stop, plain.max_tokens) == (DEFAULTS, (), None)
    assert (plain.template_kwargs, plain.grammar) == ({}, None)
    kept = {"temperature": 0.0, "thinking": True, "stop": ["END"], "max_tokens": 5, "seed": 3}
    of_chat = asked(kept)
    assert (of_chat.sampling.temperature, of_chat.sampling.top_k) == (0.0, 20)
    assert (of_chat.stop, of_chat.max_tokens, of_chat.sampling.seed) == (("END",), 5, 3)
    assert of_chat.template_kwargs == {"enable_thinking": True}
    of_turn = asked(kept, temperature=1.0, thinking=False, stop=[])
    assert (of_turn.sampling.temperature, of_turn.stop, of_turn.max_tokens) == (1.0, (), 5)
    assert of_turn.template_kwargs == {"enable_thinking": False}


def test_a_schema_rules_the_answer() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    grammar = asked({}, json_schema=schema).grammar
    assert grammar is not None
    assert (grammar.kind, json.loads(grammar.text)) == (GrammarKind.JSON_SCHEMA, schema)
