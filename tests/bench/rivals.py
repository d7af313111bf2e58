"""Wall time of reading one Maildir: keepwarm, a plain script, and the two fast mail indexers Debian ships.

    python -m tests.bench.rivals [COUNT]

notmuch and mu index bodies too, which keepwarm never reads; the figures say what waiting feels like, not who is better.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.importing import OURS
from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import write_maildir
from tests.sandbox.people import OWNER

PLAIN = """
import os, sqlite3, sys
from email.parser import BytesHeaderParser
from email.utils import getaddresses
parser, mails, parts = BytesHeaderParser(), [], []
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            head = parser.parsebytes(file.read().partition(b"\\n\\n")[0])
        mails.append((head["message-id"], head["date"], head["subject"]))
        for role in ("from", "to", "cc", "bcc"):
            parts += [(head["message-id"], role, a, n) for n, a in getaddresses(map(str, head.get_all(role, [])))]
base = sqlite3.connect(sys.argv[2])
base.execute("create table mails (message_id, at, subject)")
base.execute("create table parts (mail, role, address, name)")
base.executemany("insert into mails values (?, ?, ?)", mails)
base.executemany("insert into parts values (?, ?, ?, ?)", parts)
base.commit()
"""


def wall(command: Sequence[str], environment: Mapping[str, str] | None = None) -> float:
    """Seconds a command takes by the clock on the wall."""
    begun = time.monotonic()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **(environment or {})})
    return time.monotonic() - begun


def main(count: int) -> None:
    """Print a line for each."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        write_maildir(bulk(1, count), place / "Maildir")
        box = str(place / "Maildir")
        python = [sys.executable, "-c"]
        times = {"a plain script": wall([*python, PLAIN, box, str(place / "plain.db")])}
        times["keepwarm, assessed"] = wall([*python, OURS, box, str(place / "home"), OWNER.address])
        if shutil.which("notmuch"):
            settings = place / "notmuch"
            settings.write_text(f"[database]\npath={box}\n[user]\nprimary_email={OWNER.address}\n[new]\ntags=new\n")
            times["notmuch new"] = wall(["notmuch", "new"], {"NOTMUCH_CONFIG": str(settings)})
            shutil.rmtree(place / "Maildir" / ".notmuch", ignore_errors=True)
        if shutil.which("mu"):
            subprocess.run(
                ["mu", "init", f"--muhome={place / 'mu'}", f"--maildir={box}", f"--my-address={OWNER.address}"],
                check=True, capture_output=True,
            )  # fmt: skip
            times["mu index"] = wall(["mu", "index", f"--muhome={place / 'mu'}"])
        for name, seconds in times.items():
            print(f"{name:20} {seconds:6.1f} s  {1e6 * seconds / count:6.0f} us a mail")


if __name__ == "__main__":
    main(*([int(word) for word in sys.argv[1:]] or [50_000]))
