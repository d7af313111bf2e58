"""Reading a mailbox by IMAP over TLS from a real Dovecot: CPU a mail to its record, traffic, memory.

    python -m tests.bench.imap [COUNT...]

CPU is what the system charged a process of its own, from signing in to the last record; what an empty mailbox costs is
taken off. Traffic is what came over the wire before it was encrypted. Goals: at most 78 microseconds a mail, 130 MB for
a hundred thousand, and memory that does not grow with the mailbox.
"""

import json
import sys
import tempfile
from pathlib import Path

from tests.bench.importing import cost
from tests.connectors.imap.dovecot import Dovecot, dovecot
from tests.sandbox.bulk import bulk
from tests.sandbox.rfc822 import message

READ = """
import json, os, sys
from datetime import UTC, datetime
from pathlib import Path
secret, ca, told = sys.argv[1:4]
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
Path(told).write_text(json.dumps([count, received]))
"""


def measure(server: Dovecot, count: int) -> tuple[float, float, int]:
    """Read `count` mails: CPU seconds, peak megabytes, bytes received."""
    user = f"{count}@bench.example"
    server.fill(((message(mail), mail.at) for mail in bulk(1, count)), user=user)
    with server.box(user) as box:  # Dovecot makes its index on first sight
        box.select("INBOX", readonly=True)
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        spent = cost(READ, server.access(user).encoded(), str(server.place / "ca.pem"), str(told))
        read, received = json.loads(told.read_text())
    assert read == count, f"{read} of {count} mails"
    return spent.cpu, spent.peak, received


def main(counts: list[int]) -> None:
    """Print a line for each size."""
    with dovecot() as server:
        idle = measure(server, 0)
        print(
            f"{'mails':>8} {'CPU a mail':>11} {'bytes a mail':>13} {'100,000 mails':>14} {'peak':>7} (empty: {idle[1]:.0f} MB)"
        )
        for count in counts:
            cpu, peak, received = measure(server, count)
            each = (received - idle[2]) / count
            print(
                f"{count:>8} {1e6 * (cpu - idle[0]) / count:8.1f} us {each:13.0f} {each / 10:11.0f} MB {peak:4.0f} MB"
            )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [5_000, 20_000])
