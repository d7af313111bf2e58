"""From pages of records to sightings and interactions, in one transaction with the cursor."""
