"""Files of contacts (vCard, Google CSV, LinkedIn CSV): names with addresses, which make no one known by themselves."""
