"""Past digests replayed over the user's own history, and how many warnings were right (pure)."""

from worker.backtest.plot import plot
from worker.backtest.replay import THRESHOLDS, Backtest, Outcome, Warned, backtest

__all__ = ["THRESHOLDS", "Backtest", "Outcome", "Warned", "backtest", "plot"]
