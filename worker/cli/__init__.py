"""The command line: options in, tables or JSON out; the work itself is done by the layers below."""

import gc
import os
import sys
from io import TextIOWrapper


def main() -> None:
    """Run `keepwarm` with the arguments of this process."""
    if sys.argv[1:] == ["--version"]:  # asked by scripts and installers: not worth loading anything for
        from worker import __version__

        print(f"keepwarm {__version__}")
        return
    gc.disable()  # loading makes no garbage, and looking for it takes a seventh of the time; work switches it on again
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")  # none is used; looking for them opens every package
    from worker.cli.app import app

    _write_anywhere()
    os.umask(0o077)  # whatever a command makes names people
    app(prog_name="keepwarm")


def _write_anywhere() -> None:
    """Names are of all scripts: pipes and files get UTF-8 whatever the locale, poor terminals a placeholder."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
