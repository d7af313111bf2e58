"""An export to a file that is killed while it writes: the file is the former one or the new one, whole."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from models.records import Mailbox
from tests.worker.homes import ME, NOW, live, mail, open_home
from tests.worker.queue.processes import ROOT, Installation, kill

MINE = Mailbox(ME, "Me")
ROWS = 15_000
#: Kills that have to hit it in the middle, and tries to get there.
WANTED, TRIES = 5, 60


def test_the_file_is_whole_or_as_before(tmp_path: Path) -> None:
    runtime = open_home(tmp_path)
    friends = [Mailbox(f"friend{number}@north.example", f"Friend {number}") for number in range(40)]
    live(runtime, [mail(number, MINE, friends[number % 40], days=number / 20) for number in range(ROWS)])
    runtime.engine.dispose()
    place = tmp_path / "export.csv"
    command = [
        sys.executable, "-m", "worker", "--now", (NOW + timedelta(days=1)).isoformat(),
        "export", "interactions", "-o", str(place),
    ]  # fmt: skip
    with Installation(tmp_path) as installation:
        environment = dict(installation.environment)
    subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True)
    whole = place.read_bytes()
    assert whole.count(b"\n") == ROWS + 1  # the names of the columns
    hits = 0
    for number in range(TRIES):
        former = f"the former {number}".encode()
        place.write_bytes(former)
        writing = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        begun = len(whole) * (number % WANTED) // WANTED  # each time it has come further
        while writing.poll() is None and not any(
            path.stat().st_size > begun for path in tmp_path.glob(".export.csv.*")
        ):
            pass
        kill(writing)
        left = list(tmp_path.glob(".export.csv.*"))
        hits += any(0 < path.stat().st_size < len(whole) for path in left)
        assert place.read_bytes() in {former, whole}
        for path in left:
            path.unlink()
        if hits == WANTED:
            return
    raise AssertionError(f"it was hit {hits} times only")
