"""The judgement that is kept: rows of assessments, brought up to date when they are due."""
