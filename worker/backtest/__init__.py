"""What the digest would have said in the past, and what became of it; pure."""

from worker.backtest.plot import plot
from worker.backtest.replay import THRESHOLDS, Backtest, Outcome, Warned, backtest

__all__ = ["THRESHOLDS", "Backtest", "Outcome", "Warned", "backtest", "plot"]
