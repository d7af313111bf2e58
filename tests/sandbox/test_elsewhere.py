"""The small mail server tells the same life as the files do, where no Dovecot can be started for the demo."""

import json
from pathlib import Path

from tests.sandbox.elsewhere import small
from tests.sandbox.mailbox import write_mbox
from tests.sandbox.world import World
from tests.worker.cli.keepwarm import Keepwarm
from tests.worker.homes import NOW


def test_the_small_server_tells_the_history_of_the_files(tmp_path: Path) -> None:
    world = World(7, until=NOW, mails=200)
    mails = [mail for mail in world.mails if not (mail.draft or mail.spam or mail.trash)]
    box = tmp_path / "all.mbox"
    write_mbox(mails, box)
    files, server = Keepwarm(tmp_path / "files"), Keepwarm(tmp_path / "server")
    assert files("connect", "archive", box, "--me", world.owner.address).code == 0
    with small(mails) as (_, options, password, _):
        found = server("connect", "imap", world.owner.address, *options, say=f"{password}\n")
    assert found.code == 0, found.err
    assert history(server) == history(files)


def history(keepwarm: Keepwarm) -> list[tuple[str, str]]:
    """Each email by its id and direction."""
    lines = keepwarm("export", "interactions", "--format", "jsonl").out.splitlines()
    return [(row["id"], row["direction"]) for row in map(json.loads, lines)]
