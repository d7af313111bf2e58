"""A first reading spends its units where relationships are, all that are allowed, and not one more."""

from tests.bench.economy import measure


def test_relationships_are_known_at_a_quarter_of_the_price() -> None:
    found = measure(8000, seed=2, people=120)
    assert found.relationships == 120
    assert found.ratio <= 0.25
    assert found.refused == 0
    assert found.missing == 0
    assert found.used >= 0.95
