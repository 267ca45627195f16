"""Logits changed before the choice: bias, penalties, a minimum length, a grammar.

Only the rows that ask for something are touched, all of them with the same few array operations.
"""

from collections.abc import Sequence
from typing import cast

import mlx.core as mx
import numpy as np

from mlx_manager.mlx_server.engine.row import RowState

BITS = 32


def adjust(rows: Sequence[RowState], logits: mx.array, inputs: mx.array) -> mx.array:
    """Logits ``(rows, vocabulary)`` with each row's wishes applied.

    ``inputs`` (rows,) are the tokens this step fed: a row's last sampled token, or the last of
    its prompt at its first step.
    """
    touched = [index for index, row in enumerate(rows) if not row.plain]
    if not touched:
        return logits
    mine = [rows[index] for index in touched]
    where = mx.array(touched)
    part = logits[where]
    part = _repetition(mine, part, inputs[where])
    part = _presence_frequency(mine, part, inputs[where])
    part = _bias(mine, part)
    part = _min_tokens(mine, part)
    part = _grammar(mine, part, logits, inputs, touched)
    if len(touched) == len(rows):
        return part
    mixed = logits[:]  # log-probabilities are reported from the model's own logits
    mixed[where] = part
    return mixed


def _repetition(rows: list[RowState], logits: mx.array, inputs: mx.array) -> mx.array:
    """CTRL (arXiv:1909.05858), over prompt and answer as transformers does."""
    if not any(row.repeated for row in rows):
        return logits
    penalty = mx.array([row.spec.sampling.repetition_penalty for row in rows])[:, None]
    width = logits.shape[-1]
    seen = []
    for index, row in enumerate(rows):
        if row.seen is None:
            row.seen = mx.zeros((width,), dtype=mx.bool_)
            if row.repeated and row.spec.prompt:
                row.seen[mx.array([token for token in row.spec.prompt if token < width])] = True
        if row.repeated:
            row.seen[inputs[index]] = True
        seen.append(row.seen)
    scaled = mx.where(logits < 0, logits * penalty, logits / penalty)
    return mx.where(mx.stack(seen), scaled, logits)


def _presence_frequency(rows: list[RowState], logits: mx.array, inputs: mx.array) -> mx.array:
    """The OpenAI reference's formula: over the answer only."""
    if not any(row.counted for row in rows):
        return logits
    counts = []
    for index, row in enumerate(rows):
        if row.counts is None:
            row.counts = mx.zeros((logits.shape[-1],), dtype=logits.dtype)
        if row.counted and row.step > 0:
            row.counts = row.counts.at[inputs[index]].add(1)
        counts.append(row.counts)
    said = mx.stack(counts)
    params = [row.spec.sampling for row in rows]
    frequency = mx.array([p.frequency_penalty for p in params])[:, None]
    presence = mx.array([p.presence_penalty for p in params])[:, None]
    return logits - frequency * said - presence * (said > 0)


def _bias(rows: list[RowState], logits: mx.array) -> mx.array:
    if not any(row.spec.sampling.logit_bias for row in rows):
        return logits
    for row in rows:
        if row.bias is None:
            row.bias = mx.zeros((logits.shape[-1],), dtype=logits.dtype)
            for token, amount in row.spec.sampling.logit_bias:
                if token < logits.shape[-1]:  # one beyond would be written beyond the array
                    row.bias[token] = amount
    return logits + mx.stack([row.bias for row in rows if row.bias is not None])


def _min_tokens(rows: list[RowState], logits: mx.array) -> mx.array:
    for index, row in enumerate(rows):
        eos = [token for token in row.spec.eos if token < logits.shape[-1]]
        if row.step < row.spec.min_tokens and eos:
            logits[index, mx.array(eos)] = -mx.inf
    return logits


def _grammar(
    rows: list[RowState],
    logits: mx.array,
    all_logits: mx.array,
    inputs: mx.array,
    touched: list[int],
) -> mx.array:
    """The mask needs the token just fed; the forward pass goes on while it is computed."""
    ruled = [index for index, row in enumerate(rows) if row.spec.grammar is not None]
    if not ruled:
        return logits
    mx.async_eval(all_logits)  # type: ignore[no-untyped-call]
    fed = cast(list[int], inputs.tolist())
    words = np.full((len(rows), -(-logits.shape[-1] // BITS)), -1, dtype=np.int32)
    for index in ruled:
        _rule(rows[index], fed[touched[index]], words[index].data)
    if (words == -1).all():  # a budget for reasoning that still lasts rules nothing out
        return logits
    return mx.where(_unpacked(words, logits.shape[-1]), logits, -mx.inf)


def _rule(row: RowState, fed: int, words: memoryview) -> None:
    grammar = row.spec.grammar
    assert grammar is not None  # the caller chose the rows that have one
    try:
        if row.step > 0 and not row.grammar_failed:
            row.grammar_failed = not grammar.consume(fed)
        if not row.grammar_failed:
            grammar.fill_mask(words)
    except BaseException as error:  # a panic in Rust is no Exception; this row ends, others go on
        row.grammar_failed = True
        row.fault = f"its grammar failed ({error})"


def _unpacked(words: np.ndarray[tuple[int, int], np.dtype[np.int32]], width: int) -> mx.array:
    """One boolean a token, on the device: llguidance's own kernel is for Metal alone."""
    bits = (mx.array(words.view(np.uint32))[:, :, None] >> mx.arange(BITS, dtype=mx.uint32)) & 1
    return bits.reshape(words.shape[0], -1)[:, :width].astype(mx.bool_)
