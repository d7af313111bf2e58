"""Reads a JSON list of mails in base64 and writes what GMime makes of each; run by the system's Python, which has gi."""

import base64
import json
import sys
from typing import Any

import gi

gi.require_version("GMime", "3.0")
from gi.repository import GMime  # noqa: E402 - the version must be asked for first


def boxes(addresses: Any) -> list[tuple[str, str]]:
    """The mailboxes of an address list, groups flattened."""
    found: list[tuple[str, str]] = []
    for index in range(addresses.length() if addresses else 0):
        one = addresses.get_address(index)
        if isinstance(one, GMime.InternetAddressGroup):
            found += boxes(one.get_members())
        else:
            found.append((one.get_addr() or "", one.get_name() or ""))
    return found


def read(mail: bytes) -> dict[str, Any]:
    """What GMime makes of one mail."""
    parser = GMime.Parser.new_with_stream(GMime.StreamMem.new_with_buffer(mail))
    message = parser.construct_message(None)
    if message is None:
        return {"error": "no message"}
    at = message.get_date()
    return {
        "from": boxes(message.get_from()),
        "to": boxes(message.get_to()),
        "subject": message.get_subject(),
        "date": at.to_unix() if at else None,
    }


GMime.init()
json.dump([read(base64.b64decode(mail)) for mail in json.load(sys.stdin)], sys.stdout)
