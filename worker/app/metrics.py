"""What one process counts of its own work; what the database knows is in worker.web.database_metrics."""

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

PAGES = Counter("keepwarm_pages", "Pages read and committed.", ["provider"], registry=REGISTRY)
RECORDS = Counter("keepwarm_page_records", "Records on those pages.", ["provider"], registry=REGISTRY)
TICKS = Counter("keepwarm_ticks", "Looks at what is due, by what was in the way of it.", ["outcome"], registry=REGISTRY)
FAILED = Counter(
    "keepwarm_failed_reads",
    "Readings of a stream, or looks for streams, that a provider ended with an error, by its kind.",
    ["provider", "error"],
    registry=REGISTRY,
)
MESSAGES = Counter("keepwarm_messages", "Messages worked off.", ["actor", "outcome"], registry=REGISTRY)
NOTIFICATIONS = Counter(
    "keepwarm_push_hints",
    "Notifications from providers, and what became of them.",
    ["provider", "outcome"],
    registry=REGISTRY,
)
SECONDS = Histogram(
    "keepwarm_message_seconds",
    "How long a message took.",
    ["actor"],
    buckets=(0.01, 0.05, 0.25, 1, 2.5, 5, 10, 15, 30, 60),
    registry=REGISTRY,
)
