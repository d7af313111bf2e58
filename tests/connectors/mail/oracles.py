"""Independent readers of mail, put where `.ci/programs` puts them: postal-mime under node, GMime under Debian's Python."""

import json
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.connectors.vcalendar.oracles import ORACLES, required

HERE = Path(__file__).parent
SYSTEM_PYTHON = "/usr/bin/python3"

Answer = dict[str, Any]
"""from and to as lists of [address, name], subject, date in seconds since 1970 UTC; or error."""


def postal_mime(mails: Sequence[bytes]) -> list[Answer]:
    """What postal-mime makes of each mail; skips where it is not installed, and fails there in CI."""
    node = shutil.which("node")
    if node is None or not (ORACLES / "node_modules" / "postal-mime").is_dir():
        _missing(f"node or postal-mime is not installed in {ORACLES}")
    return _asked([str(node), str(HERE / "read_postal_mime.mjs"), str(ORACLES)], mails)


def gmime(mails: Sequence[bytes]) -> list[Answer]:
    """What GMime makes of each mail; skips where it is not installed, and fails there in CI."""
    probe = "import gi; gi.require_version('GMime', '3.0')"
    if (
        not Path(SYSTEM_PYTHON).exists()
        or subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode
    ):
        _missing("GMime is not installed (python3-gi and gir1.2-gmime-3.0)")
    return _asked([SYSTEM_PYTHON, str(HERE / "read_gmime.py")], mails)


def _asked(command: Sequence[str], mails: Sequence[bytes]) -> list[Answer]:
    asked = json.dumps([b64encode(mail).decode() for mail in mails])
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True, timeout=120)
    answers: list[Answer] = json.loads(done.stdout)
    return answers


def _missing(what: str) -> None:
    reason = f"{what}: .ci/programs does it"
    if required():
        pytest.fail(reason)
    pytest.skip(reason)
