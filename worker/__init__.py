"""What keepwarm does: from records to interactions, depth, digest and export."""

__version__ = "0.1.0"
