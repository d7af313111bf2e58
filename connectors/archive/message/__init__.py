"""One mail in a file of its own: .eml, .emlx, .msg, or no name at all."""
