"""The command line: options in, tables or JSON out; the work itself is done by the layers below."""

import sys


def main() -> None:
    """Run `keepwarm` with the arguments of this process."""
    if sys.argv[1:] == ["--version"]:  # asked by scripts and installers: not worth loading anything for
        from worker import __version__

        print(f"keepwarm {__version__}")
        return
    from worker.cli.app import app

    app(prog_name="keepwarm")
