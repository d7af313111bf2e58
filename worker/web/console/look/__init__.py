"""How the console looks: templates, one style sheet, one script, and charts drawn on the server."""
