"""A person's path to the first five people, by each way to connect: what is typed, read and waited for.

    python -m tests.bench.paths [EMAILS]

A script stands in for the person, at the real command line and against the sandboxes: so `typed` (keys at the terminal,
the password pasted by one) and `waited` (seconds of CPU of our processes, and by the clock, until `keepwarm people`
shows five) are measured. `read` is an estimate: the words our commands print, at 200 a minute. `steps` are those at the
provider, our own count from its documentation; the time they take is in none of the figures.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.sandbox.demo import environment_of
from tests.sandbox.elsewhere import Elsewhere, elsewhere, small
from tests.sandbox.google import fill as google_fill
from tests.sandbox.google.consent import approve
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.http import Request, Response, Server
from tests.sandbox.ics import calendar
from tests.sandbox.mailbox import write
from tests.sandbox.microsoft import fill as microsoft_fill
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.sandbox.people import OWNER, PRIVATE
from tests.sandbox.world import World, booked_by, held_by

#: Words that are read in a minute, and keys of a paste.
READ, PASTE = 200, 1
WANTED = 5


@dataclass
class Person:
    """Somebody at a terminal, in a home of their own."""

    environment: Mapping[str, str]
    keys: int = 0
    words: int = 0
    commands: int = 0
    waited: float = 0.0
    cpu: float = field(default_factory=lambda: resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime)

    def types(self, *words: str, paste: str = "", opens: Callable[[str], object] | None = None) -> None:
        """Type a command, paste what it asks for, and consent in the browser it opens."""
        self.keys += len(" ".join(("keepwarm", *words))) + 1 + (PASTE + 1 if paste else 0)
        self.commands += 1
        command = [sys.executable, "-m", "worker", *words, *(("--no-browser",) if opens else ())]
        begun = time.monotonic()
        with subprocess.Popen(
            command, env=dict(self.environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{paste}\n" if paste else "")
            process.stdin.close()
            said = ""
            for line in process.stdout:
                said += line
                if opens and line.startswith("Open: "):
                    opens(line.removeprefix("Open: ").strip())
            assert process.wait(600) == 0, said
        self.waited += time.monotonic() - begun
        self.words += len(said.split())

    def sees_people(self) -> None:
        """Look who is there; what was only connected is read first."""
        for words in (("people", "--json"), ("sync",), ("people", "--json")):
            begun = time.monotonic()
            line = [sys.executable, "-m", "worker", *words]
            said = subprocess.run(line, env=dict(self.environment), check=True, capture_output=True, text=True).stdout
            self.waited += time.monotonic() - begun
            if words[0] == "people" and len(json.loads(said)) >= WANTED:
                return
        raise AssertionError("no five people")

    def spent(self) -> float:
        """Seconds of CPU since the beginning."""
        return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - self.cpu


def app_password(person: Person, world: World) -> None:
    """Gmail, by an app password and the calendar's secret address."""
    mails = [mail for mail in world.mails if not (mail.draft or mail.spam or mail.trash)]
    body = calendar(world.meetings)

    def publish(_: Request) -> Response:
        return Response(200, body, {"Content-Type": "text/calendar"})

    with small(mails) as (_, options, password, _), Server(publish) as dates:
        person.types("connect", "imap", OWNER.address, *options, paste=password)
        url = f"http://127.0.0.1:{dates.port}/private/basic.ics"
        person.types("connect", "ical", "--me", OWNER.address, paste=url)
        person.sees_people()


def main(emails: int) -> None:
    """Print the table."""
    now = datetime.now(UTC).replace(microsecond=0)
    world = World(1, until=now, mails=emails)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder)
        (place / "sandbox").mkdir()
        gmail = GoogleMailbox(PRIVATE.address, PRIVATE.name, seed=1)
        google_fill.happen(
            gmail, held_by(PRIVATE.address, world.mails), booked_by(PRIVATE.address, world.meetings),
            own={OWNER.address, *world.aliases},
        )  # fmt: skip
        google = stack.enter_context(GoogleSandbox([gmail], checked=False))
        google.quota.limits["gmail"] = 10_000_000
        microsoft = stack.enter_context(MicrosoftSandbox(place / "sandbox", address=OWNER.address))
        received, booked = held_by(OWNER.address, world.mails), booked_by(OWNER.address, world.meetings)
        microsoft_fill.happen(microsoft.mailbox, received, booked)
        other = stack.enter_context(elsewhere(world))
        variables = environment_of(place, google, microsoft, other)
        paths = walks(world, place, microsoft, other)
        print(f"{'':44} {'steps':>5} {'commands':>8} {'typed':>6} {'read':>6} {'waited: CPU':>12} {'clock':>8}")
        for number, (name, steps, walk) in enumerate(paths):
            person = Person({**variables, "KEEPWARM_HOME": str(place / f"home{number}")})
            walk(person)
            print(
                f"{name:44} {steps:>5} {person.commands:>8} {person.keys:>6} {60 * person.words / READ:>4.0f} s "
                f"{person.spent():>10.1f} s {person.waited:>6.1f} s",
                flush=True,
            )


def walks(
    world: World, place: Path, microsoft: MicrosoftSandbox, other: Elsewhere
) -> list[tuple[str, int, Callable[[Person], None]]]:
    """List every path: its name, its steps at the provider, and how it is walked."""

    def browse(url: str) -> None:
        with httpx.Client(verify=str(microsoft.certificates.ca_file)) as browser:
            browser.get(browser.get(url).headers["location"])

    def google_project(person: Person) -> None:
        person.types("connect", "gmail", opens=approve)
        person.sees_people()

    def outlook(person: Person) -> None:
        person.types("connect", "outlook", opens=browse)
        person.sees_people()

    def servers(person: Person) -> None:
        person.types("connect", "imap", OWNER.address, *other.mail, paste=other.mail_password)
        person.types("connect", "caldav", OWNER.address, *other.calendars, paste=other.calendar_password)
        person.sees_people()

    def files(person: Person) -> None:
        person.types("connect", "archive", *map(str, write(world, place / "mail")))
        person.sees_people()

    return [
        ("Gmail: app password and secret address", 11, lambda person: app_password(person, world)),
        ("Gmail: own Google project", 22, google_project),
        ("Outlook", 4, outlook),
        ("IMAP and CalDAV", 7, servers),
        ("a folder of files", 1, files),
    ]


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3000)
