"""The base of every error that a person may see: a code with fields, of which a catalogue makes the sentence."""


class CodedError(Exception):
    """An error that names what happened; `worker.wording.errors` turns it into a sentence that says what to do.

    Attributes:
        code: "family.what", such as "google.no_calendar": a key of the catalogue.
        fields: the values its sentence names, such as a host or an address.
    """

    def __init__(self, code: str, /, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        """Show code and fields, for tracebacks and tests; people get the catalogue's sentence."""
        return " ".join([self.code, *(f"{name}={value!r}" for name, value in self.fields.items())])
