"""Walks seventeen lives through the real command line and prints the table: python -m tests.lives [--only NAME] [--lines]."""

import argparse
import sys

from tests.lives.mailbox import at
from tests.lives.table import table, verdict
from tests.lives.trades.architect import architect
from tests.lives.trades.consultant import consultant
from tests.lives.trades.founder import founder
from tests.lives.trades.fundraiser import fundraiser
from tests.lives.trades.headmistress import headmistress
from tests.lives.trades.importer import importer
from tests.lives.trades.jobchanger import jobchanger
from tests.lives.trades.journalist import journalist
from tests.lives.trades.lawyer import lawyer
from tests.lives.trades.priest import priest
from tests.lives.trades.producer import producer
from tests.lives.trades.recruiter import recruiter
from tests.lives.trades.researcher import researcher
from tests.lives.trades.returner import returner
from tests.lives.trades.seller import seller
from tests.lives.trades.surgeon import surgeon
from tests.lives.trades.treasurer import treasurer
from tests.lives.walk import walk

TOLD = (
    consultant, founder, jobchanger, recruiter, fundraiser, architect, researcher, lawyer, seller, returner, surgeon,
    producer, headmistress, importer, journalist, treasurer, priest,
)  # fmt: skip
LIVES = {one.__name__: one for one in TOLD}
FIRST = at("2025-03-03T07:00")
WEEKS = 44


def main() -> int:
    """Walk, print, and say by the exit code whether it is good enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=LIVES, action="append")
    parser.add_argument("--weeks", type=int, default=WEEKS)
    parser.add_argument("--seed", type=int, default=0, help="other lives of the same trades")
    parser.add_argument("--lines", action="store_true", help="print every line with its verdict")
    asked = parser.parse_args()
    reports = []
    for number, (name, tell) in enumerate(LIVES.items(), 1):
        if asked.only and name not in asked.only:
            continue
        report = walk(tell(number + len(LIVES) * asked.seed), name, FIRST, asked.weeks)
        reports.append(report)
        for one in report.said if asked.lines else ():
            line = one.line
            print(
                f"{one.now:%Y-%m-%d} {one.mark:<9} {line['kind']:<8} {line['name']}: {line['why']} -> {line['step']} [{one.because}]"
            )
        print(*(f"missed: {one}" for one in report.missed), sep="\n", flush=True)
    print(table(reports))
    found = verdict(reports)
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
