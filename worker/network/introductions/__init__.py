"""Who introduced whom: found by the structure of emails and meetings, confirmed or refuted by the user."""
