"""From token ids to events: detokenizer, markers, reasoning, tool calls, stop strings.

What enters: token ids of one sequence, in order. What leaves: ``TextDelta``, ``ReasoningDelta`` and
``ToolCallDelta``. Every stage is pure (``feed`` and ``finish``, no I/O, no clock), and what comes
out, joined, does not depend on where the input was cut.
"""
