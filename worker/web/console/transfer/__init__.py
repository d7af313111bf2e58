"""Files between browser and server, streamed in both directions."""
