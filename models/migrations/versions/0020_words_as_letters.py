"""What became of a sighting, and why, is a letter for each of the usual words.

Revision ID: 0020
Revises: 0019
"""

from alembic import op

from models.words import AS_IT_IS, LETTERS, WORDS

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ESCAPED = "CASE WHEN length({0}) = 1 OR {0} LIKE '" + AS_IT_IS + "%' THEN '" + AS_IT_IS + "' || {0} ELSE {0} END"
PLAIN = "CASE WHEN {0} LIKE '" + AS_IT_IS + "%' THEN substr({0}, 2) ELSE {0} END"


def upgrade() -> None:
    _turn(LETTERS, ESCAPED)


def _turn(words: dict[str, str], otherwise: str) -> None:
    """Write both columns anew, without their index, which is made once that is done."""
    op.drop_index("ix_sightings_outcome", table_name="sightings")
    known = " ".join(f"WHEN '{before}' THEN '{after}'" for before, after in words.items())
    news = (f"{column} = CASE {column} {known} ELSE {otherwise.format(column)} END" for column in ("outcome", "reason"))
    op.execute(f"UPDATE sightings SET {', '.join(news)}")  # noqa: S608 - our own words
    op.create_index("ix_sightings_outcome", "sightings", ["user_id", "stream_id", "outcome", "reason"])


def downgrade() -> None:
    _turn(WORDS, PLAIN)
