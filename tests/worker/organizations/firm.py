"""A firm of fifty at either provider, and the commands by which an administrator connects it."""

from pathlib import Path

from tests.sandbox.google.server import GoogleSandbox
from tests.sandbox.microsoft.grants import TENANT_ID
from tests.sandbox.microsoft.server import MicrosoftSandbox
from tests.sandbox.microsoft.tenant import APPLICATION, APPLICATION_SECRET
from tests.worker.cli.keepwarm import Answer, Keepwarm
from tests.worker.cli.test_sign_in import settings
from tests.worker.digest.postbox import Postbox

PEOPLE = 50
FIRM = "firm.example"
BOSS = f"boss@{FIRM}"
EVERYBODY = [f"p{number:02}@{FIRM}" for number in range(PEOPLE)]
UNLICENSED, LEAVER, NO_ONE, NO_TWO = EVERYBODY[3], EVERYBODY[7], EVERYBODY[11], EVERYBODY[13]

#: How the notices go; each test has a server of its own.
WAY: dict[str, str] = {}

SCOPES = {
    "https://www.googleapis.com/auth/gmail.metadata",
    "https://www.googleapis.com/auth/calendar.events.readonly",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
}


def letter(address: str) -> list[tuple[str, str]]:
    """A letter to somebody only this person knows."""
    return [("From", address), ("To", f"friend-of-{address}"), ("Subject", f"Secret of {address}"),
            ("Message-ID", f"<1.{address}>"), ("Date", "Mon, 02 Nov 2026 10:00:00 +0000")]  # fmt: skip


def allow_list(place: Path, addresses: list[str]) -> Path:
    path = place / "people.txt"
    path.write_text("# who may be read\n" + "".join(f"{address.upper()}\n" for address in addresses))
    return path


def notices(post: Postbox) -> dict[str, str]:
    """The text of the notice that each person got."""
    bodies = {str(mail["To"]): mail.get_body(("plain",)) for mail in post.mails}
    return {to: body.get_content() for to, body in bodies.items() if body is not None}


def states(keepwarm: Keepwarm) -> dict[str, str]:
    (organization,) = keepwarm("organisation", "status", "--json").json
    return {one["address"]: one["state"] for one in organization["people"]}


def at_google(keepwarm: Keepwarm, google: GoogleSandbox, place: Path, *words: str | Path) -> Answer:
    key = place / "key.json"
    key.write_text(google.workspace.key_file())
    how = {**settings(google), **WAY}
    return keepwarm("organisation", "connect", "google", "--key", key, "--admin", BOSS, *words, **how)


def microsoft_settings(microsoft: MicrosoftSandbox) -> dict[str, str]:
    return {
        "KEEPWARM_MICROSOFT_AUTHORITY": f"{microsoft.root}/common", "KEEPWARM_GRAPH_ROOT": microsoft.graph_root,
        "KEEPWARM_MICROSOFT_CLIENT_ID": APPLICATION, "KEEPWARM_MICROSOFT_CLIENT_SECRET": APPLICATION_SECRET,
        **WAY,
    }  # fmt: skip


def at_microsoft(keepwarm: Keepwarm, microsoft: MicrosoftSandbox, _: Path, *words: str | Path) -> Answer:
    how = microsoft_settings(microsoft)
    return keepwarm("organisation", "connect", "microsoft", "--tenant", TENANT_ID, "--admin", BOSS, *words, **how)


def read(keepwarm: Keepwarm, address: str, how: dict[str, str]) -> str:
    """What a person's own history says after a sync."""
    done = keepwarm("sync", "--user", address, **how)
    assert done.code == 0, (address, done.err)
    return keepwarm("export", "interactions", "--format", "jsonl", "--user", address, **how).out


def nothing_of(home: Path, *words: str) -> None:
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(word.encode() in content for word in words), path
