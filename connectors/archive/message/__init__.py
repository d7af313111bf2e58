"""Single emails in files: .eml, .emlx, .msg, or without an ending."""
