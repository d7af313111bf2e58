"""Errors in words: what happened, why if that is known, and what to do next."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from models.errors import CodedError
from worker.wording.text import clean

#: Characters of a field, such as what a server answered.
LONGEST = 300


class _Fields(dict[str, object]):
    """Fields of an error; one that is missing must not hide the rest of the sentence."""

    def __missing__(self, name: str) -> str:
        return "unknown"


@cache
def family(name: str) -> Mapping[str, str]:
    """Read the sentences of one family of errors, such as "google"; empty if there is no such family."""
    table = files("worker.wording.errors").joinpath(f"{name}.toml")
    return tomllib.loads(table.read_text(encoding="utf-8")) if name.isidentifier() and table.is_file() else {}


def sentence(error: BaseException) -> str:
    """Write an error for a person: at most two sentences, on one line.

    Args:
        error: one with a code is looked up in the catalogue; any other is quoted as it is.
    """
    if isinstance(error, CodedError):
        return write(error.code, error.fields)
    return ended(" ".join(str(error).split()))


def write(code: str, fields: Mapping[str, object]) -> str:
    """Write the sentence of a code, with its fields; a code that the catalogue does not know is given as it is.

    Args:
        code: "family.what".
        fields: what the sentence names; `detail`, the provider's own words or code, ends it in parentheses.
    """
    name, _, what = code.partition(".")
    template = family(name).get(what)
    if template is None:
        return ended(" ".join(code.split()))
    said = template.format_map(_Fields({key: clean(str(value), LONGEST) for key, value in fields.items()}))
    detail = clean(str(fields.get("detail") or ""), LONGEST)
    return f"{said.removesuffix('.')} ({detail})." if detail else said


def ended(text: str) -> str:
    """Return a sentence with its full stop."""
    return text if text.endswith((".", "!", "?", "…", ")", "`")) or not text else f"{text}."
