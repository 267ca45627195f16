"""What a model can do comes from its files, and agrees with what loading it would say."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mlx_manager.mlx_server.core.ids import GUIDE_MODEL_ID
from mlx_manager.mlx_server.core.infill import INFILL_FORMS, InfillForm, infill_form
from mlx_manager.mlx_server.engine.tokenizer import load_tokenizer
from mlx_manager.mlx_server.errors import InvalidModel
from mlx_manager.mlx_server.models.capabilities import Capabilities, read_capabilities
from mlx_manager.mlx_server.models.catalog import GUIDE_PATH, Catalog
from tests.fakes.model_directory import write_model
from tests.fakes.tiny_models import CHAT_TEMPLATE, make_model

THINKING = ("<think>", "</think>")
TEMPLATES = {
    "none": None,
    "plain": CHAT_TEMPLATE,
    "minimax_m2": "<minimax:tool_call>",
    "gemma4": "<|tool_call> <tool_call|>",
    "half of gemma4": "<|tool_call>",
    "function_gemma": "<start_function_call>",
    "longcat": "<longcat_tool_call>",
    "glm47": "<arg_key>",
    "pythonic": "<|tool_list_start|>",
    "pythonic too": "<|tool_call_start|>",
    "qwen3_coder": "<tool_call>\n<function=",
    "qwen3_coder too": "{{ '<tool_call>\\n<function=' }}",
    "kimi_k2": "<|tool_calls_section_begin|>",
    "minicpm5": '<function name="a"><param name="b">',
    "half of minicpm5": '<function name="a">',
    "mistral": "[TOOL_CALLS]",
    "muse_spark": "<atem:function_calls>",
    "json_tools": "<tool_call>{{ tool_call.name }}",
    "half of json_tools": "<tool_call>",
    "harmony": "<|start|>assistant<|channel|>analysis<|message|>",
    "half of harmony": "<|start|>user<|message|>",
}
TOKENS = {
    "think": THINKING,
    "half of think": ("<think>",),
    "longcat": ("<longcat_think>", "</longcat_think>"),
    "bars": ("<|think:start|>", "<|think:end|>"),
    "gemma4": ("<|channel>", "<channel|>"),
    "kimi_k3": ("<|open|>", "<|close|>", "<|sep|>", "<|end_of_msg|>"),
    "lfm2": ("<|tool_call_start|>", "<|tool_call_end|>"),
    "half of lfm2": ("<|tool_call_start|>",),
}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture
def model(tmp_path: Path, tiny: Path) -> Path:
    """A whole model of the test's own, with a template and nothing more."""
    folder = tmp_path / "model"
    folder.mkdir()
    for file in tiny.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def change(file: Path, **values: Any) -> None:
    """Set keys of a JSON file; None takes one away."""
    content = {**json.loads(file.read_text()), **values} if file.exists() else values
    kept = {key: value for key, value in content.items() if value is not None}
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(kept))


def add_tokens(path: Path, *tokens: str) -> None:
    file = path / "tokenizer.json"
    content = json.loads(file.read_text())
    one, first = content["added_tokens"][0], 299 + len(content["added_tokens"])
    content["added_tokens"] += [
        {**one, "id": first + at, "content": token} for at, token in enumerate(tokens)
    ]
    file.write_text(json.dumps(content))


def agreed(path: Path) -> Capabilities:
    """The capabilities, having checked that the loaded tokenizer says the same."""
    able, codec = read_capabilities(path), load_tokenizer(path)
    has_tools = codec.tool_family is not None
    assert able.chat == codec.has_chat_template
    assert able.tools == (able.chat and has_tools)
    assert able.infill == (infill_form(lambda token: codec.token_id(token) is not None) is not None)
    assert not able.reasoning or codec.think_start is not None
    return able


@pytest.mark.parametrize("family", TEMPLATES)
@pytest.mark.parametrize("in_a_file", [False, True])
def test_chat_and_tools_are_what_the_loaded_tokenizer_has(
    model: Path, family: str, in_a_file: bool
) -> None:
    template = TEMPLATES[family]
    change(model / "tokenizer_config.json", chat_template=None if in_a_file else template)
    if in_a_file and template is not None:
        (model / "chat_template.jinja").write_text(template)
    able = agreed(model)
    assert able.chat is (template is not None)
    assert able.tools is (family not in ("none", "plain") and not family.startswith("half"))
    assert able.reasoning is (family == "harmony")


def test_muse_spark_reasons_to_itself(model: Path) -> None:
    change(
        model / "tokenizer_config.json", chat_template="<atem:function_calls> to=self<|message|>"
    )
    assert agreed(model) == Capabilities(2048, chat=True, tools=True, reasoning=True)


@pytest.mark.parametrize("family", TOKENS)
def test_marker_tokens_are_found_in_the_vocabulary(model: Path, family: str) -> None:
    add_tokens(model, *TOKENS[family])
    silent = agreed(model)
    assert silent.reasoning is False  # tokens that the template never speaks of
    assert silent.tools is (family in ("kimi_k3", "lfm2"))
    change(model / "tokenizer_config.json", chat_template=CHAT_TEMPLATE + TOKENS[family][0])
    speaking = agreed(model)
    assert speaking.reasoning is (family not in ("lfm2", "half of lfm2", "half of think"))


@pytest.mark.parametrize("form", INFILL_FORMS, ids=lambda form: form.prefix)
def test_tokens_for_filling_in_the_middle_are_all_there_or_none(
    model: Path, form: InfillForm
) -> None:
    *most, last = form.markers
    add_tokens(model, *most)
    assert agreed(model).infill is False
    add_tokens(model, last)
    assert agreed(model).infill is True


def test_tokens_are_found_in_the_files_of_sentencepiece_and_of_mistral(tmp_path: Path) -> None:
    llama, mistral = write_model(tmp_path / "llama"), write_model(tmp_path / "mistral")
    pieces = [token.encode() for token in ("\u2581<PRE>", "\u2581<SUF>", "\u2581<MID>")]
    score = b"\x15\x00\x00\x00\x00"
    (llama / "tokenizer.model").write_bytes(
        b"".join(b"\n\x0f\n" + bytes([len(piece)]) + piece + score for piece in pieces)
    )
    assert read_capabilities(llama).infill is True
    special = [
        {"rank": at, "token_str": f"[{each}]"} for at, each in enumerate(("SUFFIX", "PREFIX"))
    ]
    (mistral / "tekken.json").write_text(json.dumps({"special_tokens": special}))
    assert read_capabilities(mistral).infill is True


def test_a_template_file_goes_before_the_settings(model: Path) -> None:
    (model / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    change(model / "tokenizer_config.json", chat_template=TEMPLATES["json_tools"])
    assert agreed(model).tools is False


@pytest.mark.parametrize("names", [("default", "tool_use"), ("default",), ("tool_use",)])
def test_of_named_templates_only_the_default_one_makes_a_chat(
    model: Path, names: tuple[str, ...]
) -> None:
    named = [{"name": name, "template": TEMPLATES["json_tools"]} for name in names]
    change(model / "tokenizer_config.json", chat_template=named)
    able = read_capabilities(model)
    assert able.chat is ("default" in names)
    assert able.tools is False  # mlx-lm reads no calls of these
    assert load_tokenizer(model).tool_parser is None


def test_templates_in_a_folder_of_their_own(model: Path) -> None:
    (model / "additional_chat_templates").mkdir()
    (model / "additional_chat_templates" / "rag.jinja").write_text(CHAT_TEMPLATE)
    assert read_capabilities(model).chat is False
    (model / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    assert agreed(model).chat is True


def test_a_parser_that_the_settings_name_counts(model: Path) -> None:
    change(model / "tokenizer_config.json", tool_parser_type="qwen3_coder")
    assert agreed(model).tools is True


def test_tokens_are_found_wherever_a_piece_of_a_large_file_ends(tmp_path: Path) -> None:
    for filler in range((1 << 20) - 100, 1 << 20, 3):
        path = write_model(tmp_path / str(filler))
        words = {"filler": "a" * filler, "added_tokens": [{"content": each} for each in THINKING]}
        (path / "tokenizer.json").write_text(json.dumps(words))
        assert read_capabilities(path).reasoning is True


def test_the_guide_chats_calls_tools_and_reasons() -> None:
    assert agreed(GUIDE_PATH) == Capabilities(32768, chat=True, tools=True, reasoning=True)


def test_an_embedding_model_embeds_and_does_not_chat(model: Path) -> None:
    steps = ("Transformer", "Pooling", "Normalize")
    kinds = [{"type": f"sentence_transformers.models.{step}"} for step in steps]
    (model / "modules.json").write_text(json.dumps(kinds))
    change(model / "1_Pooling" / "config.json", pooling_mode_lasttoken=True)
    assert read_capabilities(model) == Capabilities(2048, embeddings=True)


def test_a_reranker_ranks_and_does_not_chat(model: Path) -> None:
    (model / "README.md").write_text("---\npipeline_tag: text-ranking\n---\n")
    assert read_capabilities(model) == Capabilities(2048, rerank=True)
    (model / "README.md").write_text("A model for text-ranking and much else.")
    assert read_capabilities(model) == Capabilities(2048, chat=True)


def test_eyes_and_drafts_are_told_by_the_configuration(model: Path) -> None:
    change(model / "config.json", vision_config={"depth": 2})
    assert read_capabilities(model) == Capabilities(2048, chat=True, vision=True)
    change(model / "config.json", vision_config=None, architectures=["LlamaForCausalLMEagle3"])
    assert read_capabilities(model) == Capabilities(2048, draft=True)


def test_a_name_says_nothing(tmp_path: Path) -> None:
    name = "Qwen3-VL-Thinking-Instruct-Tools-Embedding-Reranker-Eagle-Draft"
    assert read_capabilities(write_model(tmp_path / name, template=None)) == Capabilities(4096)


@pytest.mark.parametrize("content", ["{", "[]", "\udcff"])
def test_broken_settings_are_a_problem_of_the_model(tmp_path: Path, content: str) -> None:
    path = write_model(tmp_path / "models--org--broken" / "snapshots" / "abc")
    (path / "tokenizer_config.json").write_text(content, errors="surrogateescape")
    with pytest.raises(InvalidModel, match=r"tokenizer_config\.json"):
        read_capabilities(path)
    guide, broken = Catalog(tmp_path).models()
    assert (guide.id, guide.problem) == (GUIDE_MODEL_ID, None)
    assert "tokenizer_config.json" in (broken.problem or "")


def test_files_are_read_again_when_they_change_and_not_before(model: Path) -> None:
    assert read_capabilities(model).tools is False
    file = model / "tokenizer_config.json"
    before, settings = file.stat(), file.read_bytes()
    file.write_bytes(b"{" * len(settings))  # would be an error, if it were read
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert read_capabilities(model).chat is True
    file.write_bytes(settings)
    change(file, chat_template=TEMPLATES["json_tools"])
    assert read_capabilities(model).tools is True
    change(model / "1_Pooling" / "config.json", pooling_mode_lasttoken=True)
    assert read_capabilities(model).embeddings is True
