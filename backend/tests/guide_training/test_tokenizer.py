"""The committed tokenizer: nothing is lost, and values are the same tokens everywhere."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from guide_training.draw import Draw
from guide_training.score import FOLDER
from guide_training.tokenizer import CONTEXT, CONTROL, MARKUP, load

TOKENIZER = load(FOLDER)


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_any_text_survives_the_round_trip(text: str) -> None:
    ids = TOKENIZER.encode(text, add_special_tokens=False)
    assert TOKENIZER.decode(ids, skip_special_tokens=False) == text


def test_a_value_is_the_same_tokens_in_a_question_and_in_json() -> None:
    draw = Draw("tokens", held=True)
    for _ in range(300):
        value = draw.pick([draw.city(), draw.name(), draw.made_up(), draw.email(), draw.code()])
        wanted = TOKENIZER.encode(value, add_special_tokens=False)
        for text in (
            f"in {value}?",
            json.dumps({"city": value}, ensure_ascii=False),
            f"say: {value}",
            f'"{value}"',
        ):
            ids = TOKENIZER.encode(text, add_special_tokens=False)
            windows = [ids[at : at + len(wanted)] for at in range(len(ids))]
            assert wanted in windows, (value, text)


def test_every_mark_is_one_token_and_the_context_is_long() -> None:
    for mark in (*CONTROL, *MARKUP):
        assert len(TOKENIZER.encode(mark, add_special_tokens=False)) == 1
    assert TOKENIZER.model_max_length == CONTEXT == 32_768
    assert TOKENIZER.eos_token == "<|im_end|>"
