"""Which arguments a chat template asks for, read from its source."""

import re
from collections.abc import Iterable

from mlx_manager.mlx_server.core.model import TemplateNames

_GENERATION = re.compile(r"{%-?\s*(end)?generation\s*-?%}")
"""A tag of transformers' own, around what is trained on: it asks for nothing."""


def read_template_names(sources: Iterable[str]) -> TemplateNames:
    """The names that all ``sources`` leave to the caller, and the texts they compare with."""
    import jinja2  # noqa: PLC0415  (a library that a start does without)
    from jinja2 import meta, nodes  # noqa: PLC0415

    environment = jinja2.Environment(extensions=["jinja2.ext.loopcontrols"])
    variables: set[str] = set()
    words: set[str] = set()
    fields: set[str] = set()
    for source in sources:
        try:
            tree = environment.parse(_GENERATION.sub("", source))
        except jinja2.TemplateError:  # rendering it says so, with the template's name
            continue
        variables |= meta.find_undeclared_variables(tree)
        for constant in tree.find_all(nodes.Const):
            value = constant.value
            listed = value if isinstance(value, (list, tuple)) else (value,)
            words |= {each for each in listed if isinstance(each, str)}
        fields |= {each.attr for each in tree.find_all(nodes.Getattr)}
        # ``message['thinking']`` and ``message.get('thinking')``
        keys = [each.arg for each in tree.find_all(nodes.Getitem)]
        keys += [each.args[0] for each in tree.find_all(nodes.Call) if each.args]
        fields |= {key.value for key in keys if isinstance(key, nodes.Const)} & words
    return TemplateNames(frozenset(variables), frozenset(words), frozenset(fields))
