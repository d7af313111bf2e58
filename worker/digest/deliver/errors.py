"""What can go wrong when a digest is sent; apart from what sends it, which loads much."""

from models.errors import CodedError


class NotSent(CodedError):  # noqa: N818 - says what is wrong
    """The mail did not go out."""


class Unsure(NotSent):
    """The connection broke while the server was deciding: it may have taken the mail."""
