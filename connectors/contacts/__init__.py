"""Files of contacts (vCard, Google CSV, LinkedIn CSV): names with addresses, which make nobody known by themselves."""
