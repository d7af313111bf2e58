"""Tables for programs: the same to the byte as Rich would print them."""

from io import StringIO

import hypothesis.strategies as st
from hypothesis import given
from rich.console import Console

from worker.cli.terminal.out import bar, put_table, safe, table

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ROWS = st.lists(st.tuples(WORDS, st.sampled_from(["contact", "deep", "a [b] :smile:", ""]), st.integers(0, 100)))


def printed(rows: list[tuple[str, str, int]], headings: tuple[str, str, str], width: int, *, by_rich: bool) -> str:
    made = table(*headings)
    for name, stage, depth in rows:
        made.add_row(safe(name, 34, "bold"), stage, bar(depth))
    out = Console(file=StringIO(), width=width, highlight=False, force_terminal=False)
    if by_rich:
        out.print(made)
    else:
        put_table(out, made)
    assert isinstance(out.file, StringIO)
    return out.file.getvalue()


@given(ROWS, st.sampled_from([("name", "stage", "depth"), ("", "", "")]), st.sampled_from([200, 40]))
def test_a_table_for_programs_is_what_rich_prints(
    rows: list[tuple[str, str, int]], headings: tuple[str, str, str], width: int
) -> None:
    assert printed(rows, headings, width, by_rich=False) == printed(rows, headings, width, by_rich=True)
