"""The worker: from records to interactions, people, relationships, digest and exports."""

__version__ = "0.1.0"
