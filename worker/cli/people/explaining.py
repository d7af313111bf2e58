"""The reasons of one judgement as a picture for the terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from models.enums import Warmth
from worker.cli.terminal.out import COLOURS, bar, safe, table
from worker.views.judgement.explanation import Explanation
from worker.wording.dates import short_date
from worker.wording.text import name_of


def picture(found: Explanation) -> RenderableType:
    """Draw the reasons for the terminal."""
    warmth = Warmth(found.warmth)
    rules = table("points", "rule", "reason")
    for reason in found.depth_reasons:
        rules.add_row(f"{reason.points:+.1f}", safe(reason.rule, style="cyan"), safe(reason.reason, 200))
    quoted = table("", "", "", "")
    for touch in {touch.id: touch for reason in found.depth_reasons for touch in reason.evidence}.values():
        quoted.add_row(
            _day(touch.at, found.as_of), touch.direction, safe(touch.subject, 70), Text(touch.id, style="dim")
        )
    return Group(
        safe(name_of(found.name, found.person), style="bold"),
        Text.assemble("\nDepth  ", bar(found.depth), f"  {found.depth:.0f} of 100: {found.stage}"),
        Padding(rules, (0, 0, 1, 2)),
        Text.assemble("Warmth  ", (warmth.value, COLOURS[warmth])),
        *(
            Padding(safe(f"{reason[:1].upper()}{reason[1:]}.", 300), (0, 0, 0, 2), expand=False)
            for reason in found.warmth_reasons
        ),
        *[
            safe(f"Not a relationship: {why}. `keepwarm keep` says otherwise.", 300)
            for why in filter(None, (found.no_relationship,))
        ],
        safe(f"In the digest: {f'no, because {found.not_in_digest}' if found.not_in_digest else 'yes'}.", 300),
        Text("\nEvidence, the newest", style="dim"),
        Padding(quoted, (0, 0, 0, 2)),
    )


def _day(at: str | None, as_of: str | None) -> str:
    return short_date(datetime.fromisoformat(at), datetime.fromisoformat(as_of), "UTC") if at and as_of else ""
