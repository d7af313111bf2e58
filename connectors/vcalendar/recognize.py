"""What a calendar is known by; apart from what reads one, which loads much."""

LARGEST = 64 << 20  # bytes that are read together


def is_calendar(beginning: bytes) -> bool:
    """Recognize a calendar by how it begins, whatever it is called; some begin with their first event."""
    text = beginning[:200].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    return text[:15].upper().startswith((b"BEGIN:VCALENDAR", b"BEGIN:VEVENT"))
