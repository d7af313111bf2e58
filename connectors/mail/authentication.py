"""What the provider that received a mail says of its From address (Authentication-Results, RFC 8601)."""

import re

#: Longer than any honest header of this kind.
LONGEST = 4096
_QUOTED_OR_COMMENT = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)')
_RESULT = re.compile(r"\s*dmarc\s*=\s*([a-z]+)", re.IGNORECASE | re.ASCII)
_NESTED = 8


def dmarc_verdict(value: str, server: str | None = None) -> str | None:
    """Read the result of DMARC out of the header of the last hop.

    What a sender can write into it (addresses, comments, quoted text) is not looked at.

    Args:
        value: of the topmost Authentication-Results header.
        server: who must have written it (its authserv-id); None where the provider leaves that out.

    Returns:
        The result in lower case ("pass", "fail", "none" ...), None where there is none or another server wrote it.
    """
    text = value[:LONGEST]
    for _ in range(_NESTED):  # comments may nest
        text, count = _QUOTED_OR_COMMENT.subn(" ", text)
        if not count:
            break
    author, *results = text.split(";")
    if server is not None and author.split() and author.split()[0].lower() != server:
        return None
    for result in results if server is not None else [author, *results]:
        if found := _RESULT.match(result):
            return found[1].lower()
    return None
