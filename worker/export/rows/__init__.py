"""What can be exported, as rows of named columns: interactions, touches, people, relationships."""
