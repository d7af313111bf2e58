"""The whole product on a made-up life, offline: files, Gmail, Outlook, IMAP and CalDAV, people, digest, a week later.

    python -m tests.sandbox.demo [FOLDER] [--seed N]

Every line after `$` is the real command, run as a process of its own; the providers are local sandboxes.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from rich.console import Console

from models.enums import Response
from models.records import Attendee, Mailbox
from tests.sandbox import growing
from tests.sandbox.elsewhere import Elsewhere, elsewhere
from tests.sandbox.google import fill as google_fill
from tests.sandbox.google.consent import approve
from tests.sandbox.google.mailbox import GoogleMailbox
from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.mailbox import write
from tests.sandbox.microsoft import fill as microsoft_fill
from tests.sandbox.microsoft.entra import PUBLIC_CLIENT
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.sandbox.people import ALIASES, OWNER
from tests.sandbox.story import Occurrence, WorldMail, WorldMeeting
from tests.sandbox.world import World, booked_by, held_by

#: Gmail's real 6,000 units a minute would make anybody wait ten minutes for three thousand mails.
UNITS = 600_000
PRIVATE: Mailbox = ALIASES[0]

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Stage:
    """Where the demo plays: its folder, the environment of its commands, and the moment they are asked at."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *words: str, now: datetime | None = None, show: bool = True, say: str = "") -> str:
        """Run a keepwarm command, showing it and what it says; `say` is typed in."""
        words = (*words, "--now", f"{now:%Y-%m-%dT%H:%M:%SZ}") if now else words
        said = [f'"{word}"' if " " in word else word.replace(f"{Path.cwd()}/", "") for word in words]
        console.print(f"\n[bold green]$[/] [bold]keepwarm {' '.join(said)}[/]")
        done = subprocess.run(
            [sys.executable, "-m", "worker", *words],
            env=dict(self.environment),
            input=say,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        if show:
            console.out(done.stdout, end="")
        return done.stdout

    def sign_in(self, provider: str, browse: object) -> None:
        """Connect an account; the script stands in for the person and the browser."""
        console.print(f"\n[bold green]$[/] [bold]keepwarm connect {provider} --no-browser[/]")
        command = [sys.executable, "-m", "worker", "connect", provider, "--no-browser"]
        with subprocess.Popen(
            command, env=dict(self.environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            url = process.stdout.readline().removeprefix("Open: ").strip()
            console.print(f"Open: {url[:70]}...\n[dim](a script consents in the sandbox's browser)[/]")
            assert callable(browse)
            browse(url)
            if process.wait(timeout=300):
                raise SystemExit(f"connect {provider} failed")


def play(folder: Path, seed: int) -> None:
    """Play the whole story."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "sandbox").mkdir(parents=True)
    began = time.monotonic()
    now = datetime.now(UTC).replace(microsecond=0)
    world = World(seed, until=now, mails=3000)
    gmail = GoogleMailbox(PRIVATE.address, PRIVATE.name, seed=seed)
    own = {OWNER.address, *world.aliases}
    google_fill.happen(
        gmail, held_by(PRIVATE.address, world.mails), booked_by(PRIVATE.address, world.meetings), own=own
    )
    gmail.expire_cursors()  # what led here is older than any history Gmail keeps
    with ExitStack() as open_now:
        google = open_now.enter_context(GoogleSandbox([gmail], checked=False))
        google.quota.limits["gmail"] = UNITS
        microsoft = open_now.enter_context(MicrosoftSandbox(folder / "sandbox", address=OWNER.address))
        microsoft_fill.happen(
            microsoft.mailbox, held_by(OWNER.address, world.mails), booked_by(OWNER.address, world.meetings)
        )
        other = open_now.enter_context(elsewhere(world))
        stage = Stage(folder, environment_of(folder, google, microsoft, other))
        _archive(stage, world, folder)
        _accounts(stage, microsoft)
        _elsewhere(stage, other)
        _look(stage, folder)
        _later(stage, world, google, gmail, microsoft, own)
    _growing(folder)
    console.rule(f"[bold]done in {time.monotonic() - began:.0f} s[/]")
    console.print(
        f"\nThe digest as an email:  {folder / 'digest.html'}\n"
        f"The history:             {folder / 'history.csv'} and {folder / 'history.jsonl'}\n"
        f"The season as an email:  {next((folder / 'growing' / 'out').glob('*-Q*.html'))}\n"
        f"The years and the doors:  {folder / 'season.svg'} and {folder / 'roots.svg'}\n"
        f"Everything is in:        {folder}\n\n"
        "Your own email:          .venv/bin/keepwarm connect archive PATH...   (mbox, Maildir, Takeout; stays on this machine)\n"
        "Your own account:        .venv/bin/keepwarm connect ADDRESS   (it finds out how, and leads you through it)"
    )


def environment_of(
    folder: Path, google: GoogleSandbox, microsoft: MicrosoftSandbox, other: Elsewhere
) -> dict[str, str]:
    authorities = folder / "sandbox" / "authorities.pem"
    authorities.write_text(microsoft.certificates.ca_file.read_text() + other.authorities)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEEPWARM_")}
    return kept | {
        "PYTHONPATH": str(Path.cwd()),
        "COLUMNS": "100",
        "KEEPWARM_HOME": str(folder / "home"),
        "KEEPWARM_GOOGLE_CLIENT_ID": google.client_id,
        "KEEPWARM_GOOGLE_CLIENT_SECRET": google.client_secret,
        "KEEPWARM_GOOGLE_AUTH_URI": google.auth_uri,
        "KEEPWARM_GOOGLE_TOKEN_URI": google.token_uri,
        "KEEPWARM_GOOGLE_API_ROOT": google.api_root,
        "KEEPWARM_GOOGLE_UNITS_PER_MINUTE": str(UNITS),
        "KEEPWARM_MICROSOFT_CLIENT_ID": PUBLIC_CLIENT,
        "KEEPWARM_MICROSOFT_AUTHORITY": microsoft.authority,
        "KEEPWARM_GRAPH_ROOT": microsoft.graph_root,
        "SSL_CERT_FILE": str(authorities),
        "REQUESTS_CA_BUNDLE": str(authorities),
    }


def _archive(stage: Stage, world: World, folder: Path) -> None:
    console.rule("[bold]1. Files: no sign-in, nothing leaves the machine[/]")
    files = write(world, folder / "mail")
    console.print(
        f"[dim]{len(world.mails)} emails and {len(world.meetings)} meetings of {OWNER.name}, who does not exist[/]"
    )
    stage.run("connect", "archive", *map(str, files))
    stage.run("people")


def _accounts(stage: Stage, microsoft: MicrosoftSandbox) -> None:
    console.rule("[bold]2. Accounts: sign in once each; the same email in two mailboxes counts once[/]")
    stage.sign_in("gmail", approve)

    def browse(url: str) -> None:
        with httpx.Client(verify=str(microsoft.certificates.ca_file)) as browser:
            browser.get(browser.get(url).headers["location"])

    stage.sign_in("outlook", browse)
    stage.run("status")


def _elsewhere(stage: Stage, other: Elsewhere) -> None:
    console.rule("[bold]3. Any other provider: app passwords, header fields only; it is still one history[/]")
    console.print(f"[dim]The same life at {other.name} and at Radicale; a script types the passwords in[/]")
    stage.run("connect", "imap", OWNER.address, *other.mail, say=f"{other.mail_password}\n")
    stage.run("connect", "caldav", OWNER.address, *other.calendars, say=f"{other.calendar_password}\n")


def _look(stage: Stage, folder: Path) -> None:
    console.rule("[bold]4. People, digest and exports[/]")
    stage.run("show", "Anna Park")
    stage.run("explain", "Anna Park")
    stage.run("ask", "Kaspar Ruusmaa")
    stage.run("digest")
    stage.run("export", "interactions", "--format", "csv", "-o", str(folder / "history.csv"))
    stage.run("export", "interactions", "--format", "jsonl", "-o", str(folder / "history.jsonl"))


def _later(
    stage: Stage,
    world: World,
    google: GoogleSandbox,
    gmail: GoogleMailbox,
    microsoft: MicrosoftSandbox,
    own: set[str],
) -> None:
    console.rule("[bold]5. A week later: new email and a new meeting arrive by themselves[/]")
    chapter = world.later(7)
    after = chapter.until + timedelta(hours=1)
    console.print("[dim]Next week's digest, if nothing arrives:[/]")
    stage.run("digest", now=after)
    named = json.loads(stage.run("digest", "--json", now=after, show=False))["lines"]
    # of one week only one may be named, or nobody
    writes, meets = named[:1], named[1:2]
    happens = [f"{line['name']} writes" for line in writes] + [
        f"a coffee with {line['name']} is booked" for line in meets
    ]
    console.print(f"\n[dim]{', and '.join(happens) or 'Nobody is named'}:[/]")
    mails = (*chapter.mails, *(_mail(_mailbox(line), chapter.until) for line in writes))
    meetings = (*chapter.meetings, *(_coffee(_mailbox(line), after + timedelta(days=4)) for line in meets))
    with google.lock:
        google_fill.happen(gmail, held_by(PRIVATE.address, mails), booked_by(PRIVATE.address, meetings), own=own)
    microsoft_fill.happen(microsoft.mailbox, held_by(OWNER.address, mails), booked_by(OWNER.address, meetings))
    stage.run("sync", now=after)
    stage.run("digest", now=after)
    stage.run("digest", "--html", str(stage.folder / "digest.html"), now=after, show=False)


def _growing(folder: Path) -> None:
    console.rule("[bold]6. Growing together: another mailbox, from an introduction to the thank-you[/]")
    place = folder / "growing"
    (place / "out").mkdir(parents=True)
    growing.tell().box.write(place / "mail", growing.MONDAY)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KEEPWARM_")}
    mine = {"KEEPWARM_HOME": str(place / "home"), "KEEPWARM_SMTP_URL": f"file://{place / 'out'}", "COLUMNS": "100"}
    stage = Stage(place, kept | mine | {"PYTHONPATH": str(Path.cwd())})
    stage.run("connect", "archive", str(place / "mail"), "--me", growing.ME)
    stage.run("digest", "--send", now=growing.FIRST, show=False)
    stage.run("introductions", "list", now=growing.MONDAY)
    console.print("\n[dim]Rosa introduced Ben in August, it took root, and she hasn't heard of it. The next digest:[/]")
    stage.run("digest", now=growing.MONDAY)
    stage.run("roots", now=growing.MONDAY)
    stage.run("pass-on", "editor", "--for", "Jonas", now=growing.MONDAY)
    stage.run("season", now=growing.MONDAY)
    console.print(
        "\n[dim]On Tuesday of a quarter's first whole week it comes as an email of its own, with the picture:[/]"
    )
    stage.run("season", "--send", now=growing.MONDAY)
    stage.run("season", "--svg", str(folder / "season.svg"), now=growing.MONDAY)
    stage.run("roots", "--svg", str(folder / "roots.svg"), now=growing.MONDAY)


def _mailbox(line: Mapping[str, str]) -> Mailbox:
    return Mailbox(line["address"], line["name"])


def _mail(sender: Mailbox, at: datetime) -> WorldMail:
    return WorldMail(f"{at:%s}.demo@keepwarm.example", at, sender, (OWNER,), "How have you been?", "personal")


def _coffee(guest: Mailbox, at: datetime) -> WorldMeeting:
    ends_at = at + timedelta(hours=1)
    attendees = tuple(Attendee(one.address, one.name, Response.ACCEPTED) for one in (OWNER, guest))
    slots = (Occurrence(at, at, ends_at),)
    return WorldMeeting("coffee@keepwarm.example", at, ends_at, OWNER, attendees, "Coffee", slots, at)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("demo"))
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    play(options.folder.absolute(), options.seed)


if __name__ == "__main__":
    main()
