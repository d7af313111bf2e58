"""A storm: a life is read from two providers, a mail server and two calendars while everything around is killed; the history must come out exact.

    python -m tests.chaos.storm [--place sqlite|redis|rabbitmq]... [--kills N] [--seed N]

The same seed gives the same life, the same victims after the same waits, the same clocks and full disks, and the same
faults of the providers.
"""

import argparse
import logging
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from models.history import Interaction
from models.judgement import StoredDigest
from tests.chaos.aim import hurry
from tests.chaos.blows import Place
from tests.chaos.peace import wait_for_peace
from tests.chaos.places import PLACES
from tests.chaos.plan import plan
from tests.chaos.providers import CHAPTERS, FAULTS, Providers
from tests.chaos.servers import suppression_reason
from tests.worker.queue.processes import Installation
from worker.app.logs import set_up
from worker.app.runtime import Runtime
from worker.service.one_shot import sync
from worker.storage.transactions import reading

#: The most seconds a start is taken to need, so that a busy machine's storm ends, too.
START = 6.0


@dataclass
class Report:
    """What a storm did, and what came of it."""

    place: str
    seed: int
    kills: Counter[str] = field(default_factory=Counter)
    troubles: dict[str, int] = field(default_factory=dict)
    lacks: Sequence[str] = ()
    faults: int = 0
    seconds: float = 0.0
    interactions: int = 0
    digests: int = 0
    repeated: int = 0
    uncertain_deliveries: int = 0
    differing: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        troubles = "".join(f", {count} {name}" for name, count in sorted(self.troubles.items()))
        lacks = "".join(f"; without: {why}" for why in self.lacks)
        verdict = f"DIFFERENT: {', '.join(self.differing)}" if self.differing else "identical"
        return (
            f"{self.place:9} seed {self.seed}: {self.kills.total()} kills ({kills}){troubles}, {self.faults} faults, "
            f"{self.seconds:.0f} s; {self.interactions} interactions, exports {verdict}; "
            f"{self.digests} digests, {self.repeated} of them repeated, {self.uncertain_deliveries} in doubt{lacks}"
        )


def storm(place: str, kills: int, seed: int, folder: Path, *, mails: int = 900) -> Report:
    """Let a storm go over one way to run keepwarm.

    Raises:
        AssertionError: something was lost or doubled; the report says what and how to see it again.
    """
    report, begun = Report(place, seed), time.monotonic()
    home = folder / place
    home.mkdir()
    with Providers(folder, seed, mails) as providers:
        settings = providers.settings() | {"smtp_url": f"smtp://127.0.0.1:{providers.port}"}
        with PLACES[place](home, settings) as there:
            runtime = there.installation.open()
            providers.connect(runtime)
            providers.misbehave(FAULTS)
            report.troubles, report.lacks = there.troubles, [*there.lacks(), *filter(None, [suppression_reason()])]
            providers.postbox.kill = there.strike
            _blow(there, runtime, providers, report, kills)
            report.faults = providers.faults()
            providers.misbehave(0)
            there.calms_down()
            for _ in range(2):  # what was being read when the last chapter was told may not have seen it yet
                wait_for_peace(there, runtime)
            stormy = exports(there.installation, providers.now)
            report.kills["handing over"] = providers.postbox.kills
            _count(report, providers, runtime)
            runtime.engine.dispose()
        calm = _calm(folder / "calm", providers)
        report.differing = [name for name, text in calm.items() if stormy[name] != text]
        for name in report.differing:
            (folder / f"calm.{name}").write_text(calm[name])
            (folder / f"{place}.{name}").write_text(stormy[name])
    report.seconds = time.monotonic() - begun
    return report


def _blow(there: Place, runtime: Runtime, providers: Providers, report: Report, kills: int) -> None:
    """Kill whom the plan names, again and again; between two kills something else goes wrong, and life goes on."""
    start = min(START, there.begin(runtime))
    ways, mischief = there.kills(runtime), there.mischief(runtime)
    chapters = [kills * part // (CHAPTERS + 1) for part in range(1, CHAPTERS + 1)]
    for number, blow in enumerate(plan(report.seed, kills, ways, mischief)):
        if number in chapters:
            providers.store_records()
        time.sleep(start * blow.wait)
        ways[blow.victim](blow.chance("kill"))
        report.kills[blow.victim] += 1
        there.goes_on()
        hurry(runtime)
        if blow.trouble:
            mischief[blow.trouble](blow.chance("trouble"))
    while providers.chapters < CHAPTERS:
        providers.store_records()


def _count(report: Report, providers: Providers, runtime: Runtime) -> None:
    """Count what is there, and hold every mail that went out against the outbox."""
    with reading(runtime.engine) as connection:
        report.interactions = connection.scalar(select(func.count()).select_from(Interaction)) or 0
        digests = connection.execute(
            select(StoredDigest.document, StoredDigest.uncertain_deliveries).where(StoredDigest.document != b"")
        ).all()
    taken = Counter(mail["Message-ID"] for mail in providers.postbox.mails)
    report.digests, report.uncertain_deliveries = len(digests), sum(digest.uncertain_deliveries for digest in digests)
    report.repeated = taken.total() - len(taken)
    assert len(taken) == len(digests), f"{len(digests)} digests were made, {len(taken)} have arrived"
    assert len(set(providers.postbox.taken)) == len(taken), "a digest was sent twice with different words"
    assert report.repeated <= report.uncertain_deliveries, "a digest came twice, and it was not counted"


def exports(installation: Installation, now: datetime) -> dict[str, str]:
    """Everything that can be exported, as the command prints it."""
    exports = {}
    for what in ("interactions", "people", "relationships"):
        for form in ("jsonl", "csv"):
            exports[f"{what}.{form}"] = installation.keepwarm(
                "--now", now.isoformat(), "export", what, "--format", form
            )
    return exports


def _calm(home: Path, providers: Providers) -> dict[str, str]:
    """What one process tells that nothing happened to, reading it all at the end."""
    home.mkdir()
    with Installation(home, settings=providers.settings()) as installation:
        runtime = installation.open()
        providers.connect(runtime)
        left = [stream for stream in sync(runtime, 1) if not stream.finished]
        assert not left, f"the undisturbed run did not end: {left}"
        runtime.engine.dispose()
        return exports(installation, providers.now)


def main() -> None:
    """Print a line for each storm; ends with 1 if one of them did harm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--place", action="append", choices=sorted(PLACES), help="all of them if not given")
    parser.add_argument("--kills", type=int, default=70, help="in each place")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a new folder for everything that is left, to look at a difference")
    asked = parser.parse_args()
    set_up(logging.WARNING)
    harm = False
    for place in asked.place or PLACES:
        with tempfile.TemporaryDirectory(prefix="keepwarm-chaos-", ignore_cleanup_errors=True) as folder:
            there = Path(folder) if asked.keep is None else asked.keep / place
            there.mkdir(parents=True, exist_ok=True)
            report = storm(place, asked.kills, asked.seed, there)
        print(report, flush=True)
        harm = harm or bool(report.differing)
    raise SystemExit(harm)


if __name__ == "__main__":
    main()
