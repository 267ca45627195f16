"""Other ways of writing a trained phrasing, none of them a held-out one."""

from __future__ import annotations

import re

from guide_training.draw import Draw

_TO = [
    "How do I {0}?",
    "How can I {0}?",
    "How could I {0}?",
    "How would I {0}?",
    "How do you {0}?",
    "How to {0}",
    "Can you tell me how to {0}?",
    "Tell me how to {0}",
    "Please tell me how to {0}.",
    "Show me how to {0}",
    "Explain how to {0}",
    "Could you explain how to {0}?",
    "I want to {0}",
    "I need to {0}.",
    "I would like to {0}",
    "What do I do to {0}?",
    "What must I do to {0}?",
    "What is the best way to {0}?",
    "Is there a way to {0}?",
    "Help me {0}",
    "Do you know how to {0}?",
]
_IS = [
    "What is {0}?",
    "What's {0}?",
    "What exactly is {0}?",
    "Tell me what {0} is",
    "Can you tell me what {0} is?",
    "Explain what {0} is",
    "Do you know what {0} is?",
    "I want to know what {0} is.",
    "Please explain {0}",
    "Could you explain {0}?",
    "Describe {0}",
]
_FIND = [
    "Where can I find {0}?",
    "Where do I find {0}?",
    "Tell me where to find {0}",
    "Can you tell me where to find {0}?",
    "Where exactly do I find {0}?",
    "How do I find {0}?",
    "Where would I find {0}?",
    "Where should I look for {0}?",
]
_MAY = [
    "Can I {0}?",
    "Could I {0}?",
    "May I {0}?",
    "Is it possible to {0}?",
    "Is there a way to {0}?",
    "Am I able to {0}?",
    "Can you tell me if I can {0}?",
    "Can we {0}?",
    "Can one {0}?",
    "How can I {0}?",
]
_SUPPORT = [
    "Does it support {0}?",
    "Does MLX Manager support {0}?",
    "Does this support {0}?",
    "Is there support for {0}?",
    "Do you support {0}?",
    "Can MLX Manager use {0}?",
    "Can it use {0}?",
    "Does the server support {0}?",
    "Is {0} supported?",
    "Are {0} supported?",
    "{0} support",
]
_ERROR = [
    "What does {0} mean?",
    "What does error {0} mean?",
    "What is error {0}?",
    "Why do I get {0}?",
    "Why do I see a {0}?",
    "I get error {0}",
    "I see error {0}",
    "It returns {0}",
    "The server returns {0}",
    "My client gets a {0}",
    "What is the meaning of {0}?",
    "What is wrong when I get {0}?",
    "Explain error {0}",
    "status code {0}",
    "What is a {0}?",
    "Why am I getting a {0} error?",
    "I always get a {0} error",
    "Got error {0}",
]
_RULES: list[tuple[str, list[str]]] = [
    (r"(?:How (?:do|can) I|How to) (.+)", _TO),
    (r"What(?: is|'s) (.+)", _IS),
    (r"Where (?:is|are) (.+)", _FIND),
    (r"Can I (.+)", _MAY),
    (r"Does (?:it|MLX Manager) support (.+)", _SUPPORT),
    (r"(?:What does|I get a|error|status|HTTP) (\d{3})(?: mean)?", _ERROR),
    (r"Which (.+)", ["What {0}?", "Tell me which {0}", "Can you tell me which {0}?"]),
    (r"Where do I (.+)", ["Where can I {0}?", "Where should I {0}?", "Tell me where to {0}"]),
    (r"Why (.+)", ["Can you tell me why {0}?", "Tell me why {0}", "Do you know why {0}?"]),
    (r"Does (?:it|MLX Manager) (.+)", ["Does MLX Manager {0}?", "Does it {0}?", "Does this {0}?"]),
    (r"Is (.+)", ["Tell me, is {0}?", "Do you know if {0}?", "I wonder, is {0}?"]),
]
_NAMES = ["it", "this", "this program", "the server", "this app", "mlx-manager"]


_POLITE = [
    "Please {0}",
    "please {0}",
    "I want you to {0}",
    "Now {0}",
    "OK, {0}",
    "Hey, {0}",
    "Would you please {0}",
    "Can you {0}?",
    "Could you {0}?",
]
_NO_ORDER = {"can", "could", "do", "how", "is", "what", "which", "where", "who", "will", "i", "are"}


def plain(text: str) -> str:
    """Return `text` without case, marks and spaces, so that near copies are equal."""
    return re.sub(r"[\W_]+", "", text.lower()) or text


def paraphrase(draw: Draw, text: str) -> str:
    """Return `text` with another beginning, or as it is when no rule fits."""
    bare = text.rstrip("?.!")
    fitting = [
        (match, forms)
        for pattern, forms in _RULES
        if (match := re.fullmatch(pattern, bare, re.IGNORECASE))
    ]
    if fitting:
        match, forms = draw.pick(fitting)
        text = draw.pick(forms).format(match[1])
    if " MLX Manager" in text and draw.chance(0.2):
        text = text.replace("MLX Manager", draw.pick(_NAMES))
    return text


def polite(draw: Draw, text: str, taken: list[str]) -> str:
    """Return the order `text`, now and then with polite words, unless that is one of `taken`."""
    first = text.split(" ", 1)[0].lower()
    order = text[:1].isupper() and text[1:2].islower() and first not in _NO_ORDER
    if not order or draw.chance(0.75):
        return text
    other = draw.pick(_POLITE).replace("{0}", text[0].lower() + text[1:].rstrip(".?"))
    return text if plain(other) in {plain(item) for item in taken} else other
