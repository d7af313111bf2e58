"""Print how well introductions, thank-yous and offers are found: python -m tests.introductions (some minutes)."""

from tests.introductions.digests import year
from tests.introductions.scored import brought_in, score
from tests.introductions.worlds import WORLDS, YEARS


def main() -> None:
    """One row for each world, subjects on and off."""
    print(f"{'world':<22}{'subjects':<10}{'true':>5}{'found':>7}{'precision':>11}{'recall':>8}")
    for name, build in WORLDS.items():
        for keep in (True, False):
            found = score(build(), keep_subjects=keep)
            print(
                f"{name:<22}{'on' if keep else 'off':<10}{found.true:>5}{found.found:>7}"
                f"{found.precision:>11.3f}{found.recall:>8.3f}"
            )
        own = brought_in(build())
        print(f"{'  by the owner':<32}{own.true:>5}{own.found:>7}{own.precision:>11.3f}{own.recall:>8.3f}")
    for name, build in YEARS.items():
        for keep in (True, False):
            outcome = year(build, keep_subjects=keep)
            for kind, found in (("thank-yous", outcome.thanks), ("offers", outcome.offers)):
                print(
                    f"{name:<20}{kind:<12}{'on' if keep else 'off':<5}{found.true:>3}{found.found:>7}"
                    f"{found.precision:>11.3f}{found.recall:>8.3f}"
                )


if __name__ == "__main__":
    main()
