"""Erasing: a person, an account, the subjects, and every place where their traces lie."""
