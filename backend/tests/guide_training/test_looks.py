"""Where training tells the guide to look for the name of a tool."""

from guide_training.exchange import Exchange
from guide_training.kinds.tool_call import call_message, thought_of
from guide_training.kinds.toolkit import Toolkit
from guide_training.mix import Conversation
from guide_training.render import Sample, sample_of, text_of
from guide_training.shape import FOLDER
from guide_training.tokenizer import load

TOKENIZER = load(FOLDER)


def asked(*offered: str) -> Sample:
    """Two calls of the first tool, the second one after a thought of it."""
    question = {"role": "user", "content": "List it"}
    kit = Toolkit(offered[0], "", [], "", {}, "")
    call = call_message([kit])
    thought = {**call, "reasoning_content": thought_of([kit])}
    tools = [{"type": "function", "function": {"name": name}} for name in offered]
    chat = Conversation([question, call, question, thought], tools, True, Exchange("", [], ""))
    return sample_of(TOKENIZER, text_of(TOKENIZER, chat))


def seen(sample: Sample) -> list[tuple[str, str, str]]:
    """What is looked at, what stands before it, and what is to be written then."""
    return [
        (
            TOKENIZER.decode(sample.ids[place]),
            TOKENIZER.decode(sample.ids[place - 3 : place]),
            TOKENIZER.decode(sample.ids[looking + 1]),
        )
        for looking, place in sample.looks
    ]


def test_a_name_is_looked_for_at_the_end_of_its_line() -> None:
    found = seen(asked("list_files", "send_mail"))
    assert len(found) == 3
    assert all(there == next_ for there, _, next_ in found)
    assert all(before == " = " for _, before, _ in found)


def test_what_other_names_begin_with_is_looked_for_again() -> None:
    one, two = asked("send_mail", "send_message"), asked("send_mail", "list_files")
    assert len(one.looks) > len(two.looks)
    assert {next_ for _, _, next_ in seen(one)} >= {"_"}


def test_the_name_of_an_only_tool_is_not_looked_for() -> None:
    assert asked("list_files").looks == []
