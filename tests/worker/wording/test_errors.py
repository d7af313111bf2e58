"""Every error that a person may see has one sentence, in one catalogue, that says what happened and what to do."""

import ast
import builtins
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import connectors.caldav.errors  # defines errors
import connectors.outlook.errors  # noqa: F401 - defines errors
from connectors.errors import ConnectorError, RateLimited, ScopeMissing, TokenRevoked
from models.errors import CodedError
from worker.wording.errors.sentence import ended, family, sentence, write

ROOT = Path(__file__).parents[3]
TABLES = {
    path.stem: tomllib.loads(path.read_text()) for path in sorted((ROOT / "worker/wording/errors").glob("*.toml"))
}
CATALOGUE: Mapping[str, str] = {
    f"{name}.{what}": said for name, table in TABLES.items() for what, said in table.items()
}
CODE = re.compile(rf"^({'|'.join(TABLES)})\.[a-z_0-9]+$")
#: Words and forms of the first version that no sentence uses any more.
DIALECT = re.compile(r"\b(told|held|mend|let go|hints?|mails?(?! server|\.Read)|say it)\b", re.IGNORECASE)
#: Fields that an error's class has by itself.
OWN = {"ScopeMissing": {"scope"}}


def sources() -> Iterator[tuple[Path, ast.AST]]:
    for package in ("connectors", "models", "worker"):
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def codes_in(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.match(node.value)
    }


def named_fields(said: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(said) if name}


def test_every_code_in_use_has_a_sentence_and_every_sentence_a_use() -> None:
    used = set().union(*(codes_in(tree) for _, tree in sources()))
    table_driven = {f"app.{what}" for what in TABLES["app"] if what.startswith("database_")}
    assert used - CATALOGUE.keys() == set()
    assert CATALOGUE.keys() - used - table_driven == set()


def test_whoever_raises_gives_the_fields_that_the_sentence_names() -> None:
    for path, tree in sources():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
            code, name = call.args[0], getattr(call.func, "id", getattr(call.func, "attr", ""))
            if not (isinstance(code, ast.Constant) and isinstance(code.value, str) and CODE.match(code.value)):
                continue
            if not name[:1].isupper() and name != "_said":
                continue
            given = {keyword.arg for keyword in call.keywords} | OWN.get(name, set())
            assert None in given or named_fields(CATALOGUE[code.value]) <= given, f"{path}:{call.lineno}"


@pytest.mark.parametrize(("code", "said"), CATALOGUE.items(), ids=CATALOGUE.keys())
def test_a_sentence_is_short_and_plain(code: str, said: str) -> None:
    bare = re.sub(r"\([^()]*\)|`[^`]*`|e\.g\.|\.(?=[a-z])|\.\.\.", "", said)
    assert said == " ".join(said.split())
    assert len(re.findall(r"[.?!](?:\s|$)", bare)) <= 2, code
    assert said[0].isupper() or said.startswith(("keepwarm", "{"))
    assert said.rstrip("`)}")[-1:] and said[-1] in ".?)`}"  # noqa: PT018 - one ending
    assert not DIALECT.search(said)


def test_fields_are_shown_on_one_line_and_bounded() -> None:
    said = write("person.unknown", {"words": "a\r\n\x1b[31mb\u202e" + "x" * 5000})
    assert said.isprintable()
    assert len(said) < 600


def test_a_missing_field_does_not_hide_the_rest() -> None:
    assert sentence(CodedError("account.unknown_user")).startswith("There is no user unknown.")


def test_an_error_without_a_code_is_quoted() -> None:
    assert sentence(ValueError("it  is\nodd")) == "it is odd."
    assert family("../../etc/passwd") == family("nothing") == {}
    assert [ended(text) for text in ("a", "a.", "", "a`")] == ["a.", "a.", "", "a`"]


def test_codes_and_fields_stand_in_tracebacks() -> None:
    assert str(RateLimited("google.too_many_requests", retry_after=3.0)) == "google.too_many_requests"
    assert str(ScopeMissing("google.no_scope", scope="mail")) == "google.no_scope scope='mail'"


def test_a_detail_ends_the_sentence_in_parentheses() -> None:
    said = sentence(TokenRevoked("microsoft.second_factor", detail="AADSTS50076"))
    assert said.endswith("complete it: `keepwarm connect outlook` (AADSTS50076).")
    assert sentence(TokenRevoked("microsoft.second_factor", detail="")).endswith("outlook`.")


def test_connectors_raise_nothing_but_codes() -> None:
    own = {error.__name__ for error in every_kind(ConnectorError)}
    for path, tree in sources():
        if path.relative_to(ROOT).parts[:2] == ("connectors", "memory.py"):  # stands in for a provider in tests
            continue
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
            code, name = call.args[0], getattr(call.func, "id", "")
            said = isinstance(code, ast.JoinedStr) or (
                isinstance(code, ast.Constant) and not CODE.match(str(code.value))
            )
            assert not (name in own and said), f"{path}:{call.lineno}"


def every_kind(of: type[CodedError]) -> Iterator[type[CodedError]]:
    for kind in of.__subclasses__():
        yield kind
        yield from every_kind(kind)


def test_every_exception_of_the_worker_has_a_code() -> None:
    # else the person is told that something unexpected happened
    bare = {
        f"{path.relative_to(ROOT)}:{node.name}"
        for path, tree in sources()
        if path.relative_to(ROOT).parts[0] == "worker"
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") in BUILTIN for base in node.bases)
    }
    assert bare == {
        "worker/judgement/rules/book.py:RuleError",
        "worker/queue/leases.py:LeaseLost",
        # caught by the server itself: nobody is there to read it, it is a sentence already, or it sends one on
        "worker/web/assistants/reading.py:Refused",
        "worker/web/console/transfer/outflow.py:Gone",
        "worker/web/console/visit.py:Elsewhere",
        "worker/web/feeds/dav.py:BadRequest",
    }  # verdict knows the first two


def test_trouble_is_stored_as_a_sentence_never_as_a_code() -> None:
    for path, _ in sources():
        assert not re.search(r"trouble\W{1,4}str\(", path.read_text()), path


BUILTIN = {name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)}
