"""What this process spends of the providers' quotas, as metrics: only the process that reads knows it."""

from collections.abc import Iterable

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from worker.accounts.open_connectors import quota_usage
from worker.app.runtime import Runtime


class Spending(Collector):
    """The quotas of the accounts this process reads; where several read one account, their sum is what is spent."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    def collect(self) -> Iterable[Metric]:
        """Return what was spent in the last minute, and what is allowed in any."""
        spent = GaugeMetricFamily(
            "keepwarm_quota_units_spent", "Units this process has spent in the last minute.", labels=["account"]
        )
        allowed = GaugeMetricFamily(
            "keepwarm_quota_units_allowed", "Units that may be spent in any minute.", labels=["account"]
        )
        for account, (units, per_minute) in quota_usage(self.runtime).items():
            spent.add_metric([str(account)], units)
            allowed.add_metric([str(account)], per_minute)
        return [spent, allowed]
