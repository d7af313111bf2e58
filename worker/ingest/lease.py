"""The lease a page is committed under, and what it means to have lost it."""

from dataclasses import dataclass


class LeaseLost(Exception):  # noqa: N818 - says what happened
    """Another worker has taken the stream over; nothing of this page was kept."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to write one stream, as long as its fence stands."""

    stream_id: int
    user_id: int
    fence: int
