"""The README says of speed what was measured, in the words of the script that writes it."""

from tests.bench.growth import exponent
from tests.bench.table import measured, table, written


def test_the_readme_holds_the_table_of_what_was_measured() -> None:
    assert written() == table(measured())


def test_growth_is_told_as_a_power_of_the_size() -> None:
    linear = [{"count": 10, "keepwarm_us": 5.0}, {"count": 100, "keepwarm_us": 5.0}]
    square = [{"count": 10, "keepwarm_us": 5.0}, {"count": 100, "keepwarm_us": 50.0}]
    assert exponent(*linear) == 1
    assert exponent(*square) == 2
