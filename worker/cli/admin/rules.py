"""`rules`: the rules behind depth and warmth, checking a file of your own, and the facts rules can use."""

from pathlib import Path
from typing import Annotated, Any

import typer

from worker.cli.terminal.options import AsJson
from worker.cli.terminal.shape import command, group


def add(app: typer.Typer) -> None:
    """Add the commands of this module."""
    rules = group("rules", help="See, check and understand the rules behind depth and warmth.")
    for each in (show, check, explain):
        command(rules, each)
    app.add_typer(rules)


def _source() -> str:
    """Read the rules in force, as text."""
    from importlib.resources import files

    from worker.app.settings import Settings

    own = Settings().rules
    return (own or files("worker.judgement.rules").joinpath("default.toml")).read_text(encoding="utf-8")


def _written() -> list[dict[str, Any]]:
    import tomllib

    from worker.judgement.rules import parse

    text = _source()
    parse(text)
    rules: list[dict[str, Any]] = tomllib.loads(text).get("rule", [])
    return rules


def show(as_json: AsJson = False) -> None:
    """List the rules in use, in order."""
    from worker.cli.terminal.out import put_json, safe, screen, table

    rules = _written()
    if as_json:
        put_json(rules)
        return
    rows = table("axis", "rule", "when", "points", "says")
    for rule in rules:
        points = "veto" if rule.get("veto") else str(rule.get("points", ""))
        rows.add_row(
            rule["axis"],
            safe(rule["slug"], style="cyan"),
            safe(rule.get("when", "always"), 60),
            safe(points, 60),
            safe(rule["reason"], 120, "dim"),
        )
    screen().print(rows)


def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="A rules file. Without it, the one in use.")
    ] = None,
) -> None:
    """Check a rules file, and list every problem with its line."""
    from worker.cli.terminal.out import harmless, say
    from worker.judgement.rules import check as problems_of

    text = _source() if file is None else file.read_text(encoding="utf-8", errors="replace")
    problems = problems_of(text)
    for problem in problems:
        print(harmless(f"{file or 'rules'}:{problem.line}: {problem.sentence}"))
    if problems:
        say(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}.")
        raise typer.Exit(1)
    say("No problems." + (f" To use these rules, set KEEPWARM_RULES={file}" if file else ""))


def explain(
    slug: Annotated[
        str | None, typer.Argument(metavar="RULE", help="A rule. Without it, all facts are listed.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain a rule and the facts it uses, or list every fact a rule can use."""
    from worker.cli.terminal.out import put_json, safe, screen, table
    from worker.judgement.rules import FACTS

    facts = list(FACTS)
    if slug is not None:
        rules = {rule["slug"]: rule for rule in _written()}
        if slug not in rules:
            raise typer.BadParameter(f"There is no rule {slug!r}. Rules are: {', '.join(rules)}.", param_hint="RULE")
        rule = rules[slug]
        words = f"{rule.get('when', '')} {rule.get('points', '')} {rule['reason']}"
        facts = [
            fact for fact in FACTS if fact.name in words.replace("{", " ").replace("}", " ").replace(":", " ").split()
        ]
    rows = [
        {"fact": fact.name, "kind": fact.kind.__name__, "unit": fact.unit, "slow": fact.slow, "meaning": fact.sentence}
        for fact in facts
    ]
    if as_json:
        put_json(rows if slug is None else {"rule": rule, "facts": rows})
        return
    out = screen()
    if slug is not None:
        out.print(safe(slug, style="bold cyan"))
        for key in ("axis", "when", "points", "cap", "at_most", "veto", "reason"):
            if key in rule:
                out.print(safe(f"{key}: {rule[key]}", 300))
    meanings = table("fact", "kind", "unit", "meaning")
    for row in rows:
        meanings.add_row(
            safe(str(row["fact"]), style="cyan"), str(row["kind"]), str(row["unit"]), safe(str(row["meaning"]), 120)
        )
    out.print(meanings)
