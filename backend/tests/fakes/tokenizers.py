"""Real tokenizers in small, with tokens of a test's own."""

import json
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, processors

BEGIN = "<s>"


def add_tokens(folder: Path, *tokens: str, begins: bool = False) -> None:
    """More special tokens for a model directory; ``begins``: each text begins with the first."""
    file = str(folder / "tokenizer.json")
    tokenizer = Tokenizer.from_file(file)
    tokenizer.add_special_tokens(list(tokens))
    if begins:
        first = tokenizer.token_to_id(tokens[0])
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{tokens[0]} $A", special_tokens=[(tokens[0], first)]
        )
    tokenizer.save(file)


def write_sentencepiece(folder: Path, *tokens: str) -> Path:
    """A directory with a tokenizer like Llama's: every text begins with a space of its own, bytes
    that are no piece are ``<0x..>``, ``<s>`` comes first."""
    letters = ["\u2581", *(chr(code) for code in range(33, 127))]
    pieces = ["<unk>", BEGIN, "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), *letters]
    vocabulary = {piece: at for at, piece in enumerate(pieces)}
    tokenizer = Tokenizer(
        models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>", byte_fallback=True)
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")]
    )
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("\u2581", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    tokenizer.add_special_tokens([BEGIN, "</s>"])
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    add_tokens(folder, BEGIN, *tokens, begins=True)
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "</s>"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    (folder / "config.json").write_text(json.dumps({"model_type": "llama", "eos_token_id": 2}))
    return folder
