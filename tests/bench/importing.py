"""Importing a large mbox: CPU a mail against a plain script over the same file, and peak memory.

    python -m tests.bench.importing [COUNT...]

The floor is the least a script could do: stdlib BytesHeaderParser and getaddresses, then one bare executemany of the
interaction and participation rows. Both run as processes of their own; CPU is what the system charged them.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import write_mbox
from tests.sandbox.people import OWNER

FLOOR = """
import mmap, re, sqlite3, sys
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
parser, mails, parts = BytesHeaderParser(), [], []
with open(sys.argv[1], "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as box:
    for begin in re.finditer(rb"^From .*\\n", box, re.MULTILINE):
        head = parser.parsebytes(box[begin.end() : box.find(b"\\n\\n", begin.end())])
        at = parsedate_to_datetime(head["date"]).timestamp()
        mails.append((head["message-id"], at, head["subject"], head["references"], head["in-reply-to"]))
        for role in ("from", "to", "cc", "bcc"):
            for name, address in getaddresses(map(str, head.get_all(role, []))):
                parts.append((head["message-id"], role, address, name, at))
base = sqlite3.connect(sys.argv[2])
base.execute("create table mails (message_id, at, subject, thread, answers)")
base.execute("create table parts (mail, role, address, name, at)")
base.executemany("insert into mails values (?, ?, ?, ?, ?)", mails)
base.executemany("insert into parts values (?, ?, ?, ?, ?)", parts)
base.commit()
"""

OURS = """
import sys
from pathlib import Path
from worker.accounts.connect_archive import connect_archive
from worker.app.runtime import open_runtime
from worker.app.settings import Settings
from worker.service.one_shot import sync
runtime = open_runtime(Settings(home=Path(sys.argv[2]), _env_file=None))
connected = connect_archive(runtime, [Path(sys.argv[1])], me=[sys.argv[3]])
sync(runtime, connected.user_id)
"""


class Cost(NamedTuple):
    """What a process took: CPU seconds and peak resident megabytes."""

    cpu: float
    peak: float


def cost(script: str, *arguments: str) -> Cost:
    """Run a script as a process of its own and ask the system what it took."""
    watcher = (
        "import json, resource, subprocess, sys;"
        "subprocess.run([sys.executable, '-c', *sys.argv[1:]], check=True, stdout=2);"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", watcher, script, *arguments], check=True, capture_output=True, text=True
    )
    return Cost(*json.loads(done.stdout))


def main(counts: list[int]) -> None:
    """Print a line for each size."""
    print(f"{'mails':>8} {'floor':>9} {'keepwarm':>9} {'ratio':>6} {'peak':>8}")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            write_mbox(bulk(1, count), place / "all.mbox")
            floor = cost(FLOOR, str(place / "all.mbox"), str(place / "floor.db"))
            ours = cost(OURS, str(place / "all.mbox"), str(place / "home"), OWNER.address)
            each = [f"{1e6 * part.cpu / count:6.1f} us" for part in (floor, ours)]
            print(f"{count:>8} {each[0]:>9} {each[1]:>9} {ours.cpu / floor.cpu:6.2f} {ours.peak:5.0f} MB")


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [50_000, 200_000])
