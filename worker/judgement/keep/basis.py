"""The rules a judgement stands on: found by their text, and loaded only where something has to be judged."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from worker.judgement.fingerprint import fingerprint_of

if TYPE_CHECKING:  # what reads the stored judgement needs no engine for rules
    from worker.judgement.rules import RuleBook

DEFAULT = Path(__file__).parents[1] / "rules" / "default.toml"


@dataclass(frozen=True)
class RulesSource:
    """The rules in force: the user's own file, or the ones keepwarm brings. Calling it loads them."""

    path: Path | None = None

    @cached_property
    def fingerprint(self) -> str:
        """Name the rules by their text. Raises: OSError."""
        return fingerprint_of((self.path or DEFAULT).read_text(encoding="utf-8", errors="replace"))

    def __call__(self) -> "RuleBook":
        """Return the rules. Raises: RuleError, OSError."""
        from worker.judgement.rules import rules_in_force

        return rules_in_force(self.path)
