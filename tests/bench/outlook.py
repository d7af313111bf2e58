"""Reading an Outlook mailbox: CPU a mail against a plain script that fetches the same pages, and peak memory.

    python -m tests.bench.outlook [COUNT...]

The floor is the least a script could do: httpx for the same delta pages, the standard library's json, then one bare
executemany of the interaction and participation rows. Both run as processes of their own against the sandbox in a
third; CPU is what the system charged them, from the HTTP answer to the committed interaction. Starting up and
connecting is measured with an empty mailbox and taken off.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.importing import Cost, cost
from tests.sandbox.bulk import bulk
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.fill import mail_folder, mail_headers
from tests.sandbox.microsoft.grants import Access, Grant
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.sandbox.people import OWNER

#: What every received mail carries beside what matters: some thirty headers of two kilobytes.
ORDINARY = [
    *(
        ("Received", f"from mx{hop}.example.net (10.0.0.{hop}) by mail.example.net; Mon, 2 Nov 2026")
        for hop in range(6)
    ),
    *(
        (f"ARC-Seal-{turn}", "i=1; a=rsa-sha256; s=arcselector9901; d=example.com; cv=none; b=" + "x" * 90)
        for turn in range(6)
    ),
    *((f"X-MS-Exchange-Antispam-{turn}", "BCL:0;ARA:13230040|4022899009|8096899003;" * 2) for turn in range(14)),
]

FLOOR = """
import json, sqlite3, ssl, sys
from datetime import datetime
import httpx
root, ca, base = sys.argv[1:4]
fields = "subject,internetMessageId,conversationId,receivedDateTime,sentDateTime,isDraft,sender,from,toRecipients"
fields += ",ccRecipients,bccRecipients,replyTo,internetMessageHeaders"
headers = {"Authorization": "Bearer bench", "Prefer": 'IdType="ImmutableId", odata.maxpagesize=1000'}
base = sqlite3.connect(base)
base.execute("create table mails (message_id, at, subject, thread)")
base.execute("create table parts (mail, role, address, name, at)")
with httpx.Client(verify=ssl.create_default_context(cafile=ca), headers=headers, timeout=60) as web:
    for folder in ("inbox", "sentitems"):
        url = f"{root}/v1.0/me/mailFolders/{folder}/messages/delta?$select={fields}"
        while url:
            page, mails, parts = json.loads(web.get(url).content), [], []
            for one in page["value"]:
                id, at = one["internetMessageId"], datetime.fromisoformat(one["sentDateTime"]).timestamp()
                mails.append((id, at, one["subject"], one["conversationId"]))
                boxes = [("from", one["from"])] if "from" in one else []
                for role in ("to", "cc", "bcc"):
                    boxes += [(role, box) for box in one[role + "Recipients"]]
                for role, box in boxes:
                    parts.append((id, role, box["emailAddress"]["address"], box["emailAddress"]["name"], at))
            base.executemany("insert into mails values (?, ?, ?, ?)", mails)
            base.executemany("insert into parts values (?, ?, ?, ?, ?)", parts)
            base.commit()
            url = page.get("@odata.nextLink")
"""

OURS = """
import os, sys
from pathlib import Path
root, ca, home, client = sys.argv[1:5]
os.environ["SSL_CERT_FILE"] = ca
import httpx
from connectors.outlook.api.http import http_client
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from models.enums import Provider
from worker.app.runtime import open_runtime
from worker.app.settings import Settings
from models.accounts import StreamState
from sqlalchemy import select
from worker.sync.trouble import Outcome
from worker.sync.stream import read_stream
settings = Settings(
    home=Path(home), _env_file=None, microsoft_client_id=client, microsoft_authority=root + "/common",
    graph_root=root + "/v1.0",
)
runtime = open_runtime(settings)
browser = lambda url: httpx.get(http_client().get(url).headers["location"])
connected = connect_account(runtime, Provider.OUTLOOK, SignIn(browser))
with runtime.engine.connect() as connection:
    streams = list(connection.scalars(select(StreamState.id).where(StreamState.kind == "mail")))
for stream in streams:
    assert read_stream(runtime, stream, "bench", lambda: False) is Outcome.FINISHED
"""


def serve(count: int) -> None:
    """Serve a mailbox of `count` mails until the parent goes away; says where on one line."""
    with tempfile.TemporaryDirectory() as folder, MicrosoftSandbox(Path(folder), address=OWNER.address) as sandbox:
        store = sandbox.mailbox.mail
        for mail in bulk(1, count):
            store.deliver(
                mail.sender,
                mail.to,
                at=mail.at,
                subject=mail.subject,
                message_id=mail.message_id,
                cc=mail.cc,
                headers=() if mail.sent else [*ORDINARY, *mail_headers(mail)],
                folder=mail_folder(mail),
                thread=mail.references[0] if mail.references else mail.message_id,
            )
        scopes = frozenset({"User.Read", "Mail.ReadBasic"})
        sandbox.entra.access_tokens["bench"] = Access(Grant(OWNER.address, PUBLIC_CLIENT, scopes), float("inf"))
        print(json.dumps([sandbox.root, str(sandbox.certificates.ca_file)]), flush=True)
        sys.stdin.read()


@contextmanager
def served(count: int) -> Iterator[tuple[str, str]]:
    """A sandbox in a process of its own: its root and its certificate authority."""
    command = [sys.executable, "-m", "tests.bench.outlook", "serve", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        root, ca = json.loads(process.stdout.readline())
        yield root, ca
        process.stdin.close()


def measure(count: int) -> tuple[Cost, Cost]:
    """What the plain script takes for a mailbox of `count` mails, and what keepwarm takes."""
    with served(count) as (root, ca), tempfile.TemporaryDirectory() as folder:
        floor = cost(FLOOR, root, ca, f"{folder}/floor.db")
        return floor, cost(OURS, root, ca, f"{folder}/home", PUBLIC_CLIENT)


def main(counts: list[int]) -> None:
    """Print a line for each size."""
    idle = measure(0)
    print(f"{'mails':>8} {'floor':>9} {'keepwarm':>9} {'ratio':>6} {'peak':>8}")
    for count in counts:
        floor, ours = measure(count)
        each = [1e6 * (part.cpu - start.cpu) / count for part, start in zip((floor, ours), idle, strict=True)]
        print(f"{count:>8} {each[0]:6.1f} us {each[1]:6.1f} us {each[1] / each[0]:6.2f} {ours.peak:5.0f} MB")


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main([int(word) for word in sys.argv[1:]] or [20_000, 60_000])
