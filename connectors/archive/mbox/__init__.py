"""Mail in mbox form: where each mail begins and ends, and the files that hold it."""
