"""Identifiers that must not be mixed up: all are strings or integers on the wire."""

from typing import NewType

ModelId = NewType("ModelId", str)
"""What a client calls: ``mlx-manager/guide``, ``mlx-community/Qwen3-4B-4bit``, a path."""

RequestId = NewType("RequestId", str)
"""One HTTP request; in the log, the reply header ``x-request-id`` and the audit row."""

SequenceId = NewType("SequenceId", int)
"""One row of the engine's batch, unique for the life of the process."""

GUIDE_MODEL_ID = ModelId("mlx-manager/guide")
"""The built-in model, always there, never downloaded."""
