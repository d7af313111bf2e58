"""Every measurement of one machine by itself, one after the other: `make bench`. Many accounts: `make fleet`."""

import runpy

for name in ("growth", "table", "rivals", "assessing", "console", "export", "gmail", "economy", "outlook", "imap"):
    print(f"\n== {name}")
    runpy.run_module(f"tests.bench.{name}", run_name="__main__")
