"""Independent readers of calendars: ical.js under node, put where `.ci/programs` puts it."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

#: Where npm has installed what the tests are held against.
ORACLES = Path(os.environ.get("KEEPWARM_ORACLES") or Path.home() / ".cache" / "keepwarm-oracles")

Span = tuple[int, int]
"""Begin and end in seconds since 1970 UTC."""


def required() -> bool:
    """Whether what is missing must fail (in CI) rather than skip."""
    return bool(os.environ.get("KEEPWARM_REQUIRE_SERVICES"))


def ical_js(texts: Sequence[str], until: datetime) -> list[list[Span] | str]:
    """What ical.js makes of each text: when its events stand, or its error; skips where it is not installed."""
    node = shutil.which("node")
    if node is None or not (ORACLES / "node_modules" / "ical.js").is_dir():
        reason = f"node or ical.js is not installed in {ORACLES}: .ci/programs does it"
        if required():
            pytest.fail(reason)
        pytest.skip(reason)
    asked = json.dumps({"texts": list(texts), "until": until.timestamp()})
    script = Path(__file__).with_name("expand.mjs")
    answer = subprocess.run(
        [node, str(script), str(ORACLES)], input=asked, capture_output=True, text=True, check=True, timeout=120
    )
    return [
        one if isinstance(one, str) else [(begin, end) for _, begin, end in one] for one in json.loads(answer.stdout)
    ]
