"""Letters to render: a usual week, a first one, an empty one, and one full of hostile text."""

from datetime import UTC, datetime, timedelta

from models.enums import Direction, Stage
from worker.digest.digest import Digest, FirstFindings, Footer, Last, Line, LineKind, Root

NOW = datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def line(
    name: str,
    kind: LineKind = LineKind.COLD,
    *,
    address: str = "",
    why: str = "Seven weeks instead of two.",
    step: str = "Write.",
    silent: int | None = 52,
) -> Line:
    box = address or f"{name.split(maxsplit=1)[0].lower()}@firm.example"
    last = Last(ago(93), ago(52), Direction.IN)
    return Line(box, name, box, kind, why, last, step, Stage.ROOTED, silent, 0.81, ("m1", "m2"))


EMPTY = Digest("Mira", NOW, "Europe/Berlin", "2026-W47")
USUAL = Digest(
    "Mira",
    NOW,
    "Europe/Berlin",
    "2026-W47",
    (
        line(
            "Anna Park",
            why="You two usually write every two to three weeks; now it has been seven.",
            step="Answer her last mail.",
        ),
        line("Grace Achterberg", LineKind.THANKS, why="Grace brought Wanjiru and you together."),
        line("Hiroshi Tanabe", LineKind.THANKS, why="Hiroshi introduced you to Ben in September."),
        line("Yuki Amano", LineKind.GROWING, why="Eight conversations in ten weeks."),
        line("Mateus Albuquerque", LineKind.SEASONAL, why="You have met each December."),
    ),
    footer=Footer(("mira@halvorsen-advisory.example",), 54, 1453, NOW),
)
FIRST = Digest(
    "Mira",
    NOW,
    "Europe/Berlin",
    "2026-W47",
    (line("Anna Park"),),
    ("mira@outlook.example wants to be connected again: keepwarm connect outlook",),
    FirstFindings(
        1174, 279, 412, 38, ago(730), (Root("j@x.example", "Jonas Okafor", Stage.DEEP, ago(700), "A meeting a week."),)
    ),
)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "evil\u202egnp.exe",
    "line\r\nBcc: all@victims.example",
    "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07\x1b[2J",
    "[bold red]markup[/] [link=http://evil.example]x[/link]",
    "A" * 5000,
    "\ud800 lone surrogate \x00 nul",
    "javascript:alert(1)",
    "--></style><style>*{display:none}",
    "\u2066\u2067isolates\u200b\ufeff\u2028new",
    "",
)
