"""Spoiling inputs as wires, disks, broken programs and people of ill will do; always the same for the same seed."""

import json
import random
from typing import Any

#: What parsers trip over.
TOKENS = [
    b"\x00", b"\r", b"\n", b"\r\n\r\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\x1b[31m", b"=?utf-8?B?", b"?=", b"=?x?q?=00?=",
    b"<", b">", b"@", b'"', b"\\", b"(", b")", b",", b";", b":", b"%", b"mailto:", b"99999999999999999999", b"-1", b"0", b"1e999",
    b"From ", b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"RRULE:FREQ=SECONDLY\r\n", b"COUNT=999999999", b"UNTIL=00000101", b"TZID=Nowhere/X",
    b"DTSTART:99991231T235959Z\r\n", b"DURATION:P99999999W\r\n", b"[" * 200, b"{" * 200, b"(" * 200, b"A" * 3000, b"xn--a", b"\xc3\x28",
    b"Content-Type: text/calendar\r\n", b"Date: Mon, 32 Foo 99999 99:99:99 +9999\r\n", b"null", b"true", b'"\\ud800"', b"&amp;", b"]]>", b"{5}",
]  # fmt: skip
ODD: list[Any] = [
    None, True, -1, 0, 10**30, 1e308, "", " ", "\ud800", "\0", "@", "a@b", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "1969-12-31", "x" * 5000,
    [], {}, [None], {"": None}, [[[[[]]]]], {"dateTime": 7}, "UTC", "\u202e", "Nowhere/X",
]  # fmt: skip


def spoiled(rng: random.Random, seed: bytes, others: list[bytes]) -> bytes:
    """Change an input in one to six places."""
    data = bytearray(seed)
    for _ in range(rng.randint(1, 6)):
        at, end = sorted(rng.randint(0, len(data)) for _ in range(2))
        end = min(end, at + rng.choice((1, 4, 40, 400)))
        match rng.randrange(8):
            case 0:
                data[at:at] = rng.choice(TOKENS)
            case 1:
                data[at:end] = rng.choice(TOKENS)
            case 2:
                del data[at:end]
            case 3:
                data[at:at] = data[at:end] * rng.randint(1, 4)
            case 4 if data:
                data[rng.randrange(len(data))] = rng.randrange(256)
            case 5:
                other = rng.choice(others)
                begin = rng.randint(0, len(other))
                data[at:end] = other[begin : begin + rng.choice((4, 40, 400))]
            case 6:
                del data[at:]
            case _:
                lines = bytes(data).splitlines(keepends=True)
                rng.shuffle(lines)
                data = bytearray(b"".join(lines))
    return bytes(data)


def spoiled_json(rng: random.Random, seed: bytes, others: list[bytes]) -> bytes:
    """Change values of a JSON document, so that it stays JSON; now and then its bytes."""
    if rng.randrange(5) == 0:
        return spoiled(rng, seed, others)
    value = json.loads(seed)
    for _ in range(rng.randint(1, 4)):
        value = _changed(rng, value)
    return json.dumps(value, ensure_ascii=rng.randrange(2) == 0).encode("utf-8", "surrogatepass")


def _changed(rng: random.Random, value: Any) -> Any:
    if isinstance(value, dict) and value and rng.randrange(6):
        key = rng.choice(list(value))
        if rng.randrange(8) == 0:
            return {name: one for name, one in value.items() if name != key}
        return {**value, key: _changed(rng, value[key])}
    if isinstance(value, list) and value and rng.randrange(6):
        at = rng.randrange(len(value))
        return [*value[:at], _changed(rng, value[at]), *value[at + 1 :]]
    if isinstance(value, str) and value and rng.randrange(3) == 0:
        return spoiled(rng, value.encode("utf-8", "replace"), [b"x"]).decode("utf-8", "replace")
    return rng.choice(ODD)
