"""Commands about growing together: introductions, roots, pass-on, fill, season."""
