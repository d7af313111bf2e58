"""What can be exported: interactions, touches, people and relationships as rows of named columns."""
