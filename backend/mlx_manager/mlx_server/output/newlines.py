"""Drop the newlines that belong to a marker rather than to the text beside it."""


class LeadingNewlines:
    """Drops the newlines that follow a marker."""

    __slots__ = ("_dropping",)

    def __init__(self) -> None:
        self._dropping = False

    def after_marker(self) -> None:
        """A marker ends here; newlines up to the next text are its own."""
        self._dropping = True

    def feed(self, text: str) -> str:
        """The text without them."""
        if self._dropping:
            text = text.lstrip("\n")
            self._dropping = not text
        return text


class TrailingNewlines:
    """Holds the newlines at the end of a text until it is known what follows: more text keeps
    them, a marker that nothing follows takes them with it, as does one that nothing precedes."""

    __slots__ = ("_began", "_held", "_interrupted")

    def __init__(self) -> None:
        self._held = ""
        self._began = False
        self._interrupted = False

    def before_marker(self) -> None:
        """A marker begins here."""
        self._interrupted = True
        if not self._began:
            self._held = ""

    def feed(self, text: str) -> str:
        """The text that is certain to stay."""
        if not text:
            return ""
        self._interrupted = False
        if self._held:
            text = self._held + text
            self._held = ""
        if text[-1] == "\n":
            kept = text.rstrip("\n")
            self._held = text[len(kept) :]
            text = kept
        if text:
            self._began = True
        return text

    def finish(self) -> str:
        """The end of the text."""
        return "" if self._interrupted else self._held
