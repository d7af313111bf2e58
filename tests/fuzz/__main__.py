"""`python -m tests.fuzz --cases N [--seed S] [--only NAME] [--keep FOLDER]`: ends with 1 if something escaped."""

import argparse
import sys
from pathlib import Path

from tests.fuzz.run import fuzz


def main() -> None:
    """Fuzz, and say what was found."""
    words = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    words.add_argument("--cases", type=int, default=500_000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--only", default="", help="targets whose name holds this")
    words.add_argument("--keep", type=Path, help="a folder for the inputs that were too much")
    said = words.parse_args()
    found = fuzz(said.cases, said.seed, said.only)
    for name, count in found.cases.items():
        print(f"{count:>8,}  {name}")
    for number, (name, data) in enumerate(sorted(found.errors.items())):
        print(f"FOUND  {name}  {data[:200]!r}")
        if said.keep:
            said.keep.mkdir(parents=True, exist_ok=True)
            (said.keep / f"{number:03}").write_bytes(data)
    print(f"{found.cases.total():,} cases, {len(found.errors)} findings")
    sys.exit(bool(found.errors))


if __name__ == "__main__":
    main()
