"""Asking for passwords and secret addresses."""

import sys

import typer


def ask_secret(what: str) -> str:
    """Ask for a secret without showing it, "" for none; from a pipe its next line is taken."""
    if sys.stdin.isatty():
        said: str = typer.prompt(what, hide_input=True, err=True, default="", show_default=False)
        return said.strip()
    return sys.stdin.readline().strip()
