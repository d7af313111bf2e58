"""Reading a Gmail mailbox: CPU a mail against the official client's own batch call, and peak memory.

    python -m tests.bench.gmail [COUNT...]

The floor is that client as its guide has it: the resource built once, batches of a hundred messages.get with the same
headers and the same mask, nothing kept. Ours goes from the HTTP answer to the committed interaction. Both run as
processes of their own against the sandbox in a third; starting up and connecting is measured with an empty mailbox and
taken off. Mail in categories is only named by us, so that both are divided by the mails that are fetched.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from tests.bench.importing import Cost, cost
from tests.sandbox.bulk import bulk
from tests.sandbox.google.fill import mail_headers, mail_labels
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.oauth import Access
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.people import OWNER

LIMITLESS = 10**9

FLOOR = """
import json, sys
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build
from googleapiclient.http import BatchHttpRequest
import httplib2
root, ids = sys.argv[1], json.loads(open(sys.argv[2]).read())
from connectors.gmail.parse import HEADERS, MESSAGE_FIELDS
http = AuthorizedHttp(Credentials("bench"), http=httplib2.Http())
messages = build("gmail", "v1", http=http, client_options={"api_endpoint": root}).users().messages()
got = []
for at in range(0, len(ids), 100):
    batch = BatchHttpRequest(callback=lambda name, mail, error: got.append(mail["id"]), batch_uri=root + "/batch")
    for id in ids[at : at + 100]:
        batch.add(messages.get(userId="me", id=id, format="metadata", metadataHeaders=HEADERS, fields=MESSAGE_FIELDS))
    batch.execute(http=http)
assert len(got) == len(ids)
"""

OURS = """
import sys
from pathlib import Path
from sqlalchemy import select
from models.accounts import StreamState
from tests.connectors.gmail.test_consent import Browser
from tests.sandbox.google.consent import approve
from worker.accounts.connect import connect_account
from worker.accounts.providers import SignIn
from models.enums import Provider
from worker.sync.trouble import Outcome
from worker.sync.stream import read_stream
from worker.app.runtime import open_runtime
from worker.app.settings import Settings
root, home, client, secret = sys.argv[1:5]
settings = Settings(
    home=Path(home), _env_file=None, google_client_id=client, google_client_secret=secret,
    google_auth_uri=root + "/o/oauth2/v2/auth", google_token_uri=root + "/token", google_api_root=root,
    google_units_per_minute=10**9,
)
runtime = open_runtime(settings)
browser = Browser(approve)
connect_account(runtime, Provider.GMAIL, SignIn(browser))
browser.close()
with runtime.engine.connect() as connection:
    stream = connection.scalars(select(StreamState.id).where(StreamState.kind == "mail")).one()
assert read_stream(runtime, stream, "bench", lambda: False) is Outcome.FINISHED
"""


class Served(NamedTuple):
    """A sandbox in another process: where, a file of the ids of what is to be fetched, and how many those are."""

    root: str
    ids: str
    fetched: int


def serve(count: int) -> None:
    """Serve a mailbox of `count` mails until the parent goes away; says where on one line."""
    mailbox = GoogleMailbox(OWNER.address)
    for mail in bulk(1, count):
        mailbox.deliver(mail_headers(mail), mail.at, labels=mail_labels(mail))
    mailbox.expire_cursors()
    ids = [id_ for id_, mail in mailbox.messages.items() if not any(name[:8] == "CATEGORY" for name in mail.labels)]
    with GoogleSandbox([mailbox], checked=False) as google, tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        google.quota.limits["gmail"] = LIMITLESS
        scopes = frozenset({"https://www.googleapis.com/auth/gmail.metadata"})
        google.authorization.access["bench"] = Access(mailbox.address, scopes, float("inf"))
        json.dump(ids, file)
        file.flush()
        print(json.dumps([google.api_root, file.name, len(ids)]), flush=True)
        sys.stdin.read()


@contextmanager
def served(count: int) -> Iterator[Served]:
    """Start a sandbox and stop it."""
    command = [sys.executable, "-m", "tests.bench.gmail", "serve", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        yield Served(*json.loads(process.stdout.readline()))
        process.stdin.close()


def measure(count: int) -> tuple[Cost, Cost, int]:
    """What the official client takes for a mailbox of `count` mails, what keepwarm takes, and for how many mails."""
    with served(count) as there, tempfile.TemporaryDirectory() as folder:
        floor = cost(FLOOR, there.root, there.ids)
        ours = cost(OURS, there.root, f"{folder}/home", GoogleSandbox.client_id, GoogleSandbox.client_secret)
        return floor, ours, there.fetched


def main(counts: list[int]) -> None:
    """Print a line for each size."""
    idle = measure(0)
    print(f"{'mails':>8} {'fetched':>8} {'client':>9} {'keepwarm':>9} {'ratio':>6} {'peak':>8}")
    for count in counts:
        floor, ours, fetched = measure(count)
        each = [1e6 * (part.cpu - start.cpu) / fetched for part, start in ((floor, idle[0]), (ours, idle[1]))]
        print(
            f"{count:>8} {fetched:>8} {each[0]:6.1f} us {each[1]:6.1f} us {each[1] / each[0]:6.2f} {ours.peak:5.0f} MB"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(int(sys.argv[2]))
    else:
        main([int(word) for word in sys.argv[1:]] or [20_000, 100_000])
