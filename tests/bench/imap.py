"""Reading a mailbox by IMAP over TLS from a real Dovecot: CPU a mail, traffic, memory.

    python -m tests.bench.imap [COUNT...]

CPU is what the system charged a process of its own, from signing in to the last record (`read`), or until everything is
stored (`stored`), beside what the same mails cost as an mbox (`mbox`); what an empty mailbox costs is taken off each.
Traffic is what came over the wire before it was encrypted. Goals: at most 78 microseconds a mail to its record, stored
at 1.3 times the mbox's cost, 130 MB for a hundred thousand, and memory that does not grow with the mailbox.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.bench.importing import OURS, Cost, cost
from tests.connectors.imap.dovecot import Dovecot, dovecot
from tests.sandbox.bulk import bulk
from tests.sandbox.mailbox import write_mbox
from tests.sandbox.people import OWNER
from tests.sandbox.rfc822 import message

READ = """
import json, os, sys
from datetime import UTC, datetime
from pathlib import Path
secret, ca, result = sys.argv[1:4]
os.environ["SSL_CERT_FILE"] = ca
from connectors.imap.auth import access_of, signed_in
from connectors.imap.api.sessions import Sessions
from connectors.imap.connector import ImapConnector
from models.records import EmailRecord
clients = []
def connect():
    clients.append(signed_in(access_of(secret)))
    return clients[-1]
connector = ImapConnector(secret, sessions=Sessions(connect))
inbox = next(stream for stream in connector.streams() if stream.title == "INBOX")
count = 0
for page in connector.changes(inbox, None, since=datetime(1990, 1, 1, tzinfo=UTC)):
    count += sum(isinstance(record, EmailRecord) for record in page.records)
received = sum(client.wire.received for client in clients)
connector.sessions.close()
Path(result).write_text(json.dumps([count, received]))
"""


STORE = """
import os, sys
from pathlib import Path
from sqlalchemy import select
secret, ca, home = sys.argv[1:4]
os.environ["SSL_CERT_FILE"] = ca
from connectors.imap.auth import access_of
from models.accounts import StreamState
from worker.accounts.connect_servers import connect_imap
from worker.app.runtime import open_runtime
from worker.app.settings import Settings
from worker.service.one_shot import sync
runtime = open_runtime(Settings(home=Path(home), _env_file=None, backfill_days=36500))
connected = connect_imap(runtime, access_of(secret))
sync(runtime, connected.user_id)
"""


class Measured(NamedTuple):
    """One mailbox: reading it, storing it, importing the same mails as an mbox, and bytes received."""

    read: Cost
    stored: Cost
    mbox: Cost
    received: int


def measure(server: Dovecot, count: int) -> Measured:
    """Read `count` mails in each way."""
    user, mails = OWNER.address, list(bulk(1, count))
    shutil.rmtree(server.place / "boxes" / user, ignore_errors=True)
    server.fill(((message(mail), mail.at) for mail in mails), user=user)
    with server.box(user) as box:  # Dovecot makes its index on first sight
        box.select("INBOX", readonly=True)
    opens = server.access(user).encoded(), str(server.place / "ca.pem")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        read = cost(READ, *opens, str(place / "result"))
        count_read, received = json.loads((place / "result").read_text())
        assert count_read == count, f"{count_read} of {count} mails"
        stored = cost(STORE, *opens, str(place / "home"))
        write_mbox(mails, place / "all.mbox")
        mbox = cost(OURS, str(place / "all.mbox"), str(place / "files"), user)
    return Measured(read, stored, mbox, received)


def main(counts: list[int]) -> None:
    """Print a line for each size."""
    with dovecot() as server:
        idle = measure(server, 0)
        print(
            f"{'mails':>8} {'read':>9} {'stored':>9} {'mbox':>9} {'ratio':>6} {'a mail':>7} {'100,000':>8} {'peak':>7}"
        )
        for count in counts:
            found = measure(server, count)
            read, stored, mbox = (
                1e6 * (one.cpu - empty.cpu) / count for one, empty in zip(found[:3], idle[:3], strict=True)
            )
            each = (found.received - idle.received) / count
            print(
                f"{count:>8} {read:6.1f} us {stored:6.1f} us {mbox:6.1f} us {stored / mbox:6.2f} {each:5.0f} B "
                f"{each / 10:5.0f} MB {found.read.peak:4.0f} MB"
            )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [5_000, 20_000])
