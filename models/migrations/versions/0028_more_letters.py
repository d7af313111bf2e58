"""What every interaction and participation has a word of is a letter there, as it is in sightings.

Revision ID: 0028
Revises: 0027
"""

from alembic import op

from models.words import AS_IT_IS, LETTERS, WORDS

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COLUMNS = {
    "interactions": ("channel", "direction", "my_role", "my_response"),
    "participations": ("role", "response"),
    "addresses": ("why",),
    "evidence": ("fact", "kind"),
}
#: Words that had no letter before: a sighting's reason may be one of them.
NEW = (
    "email", "meeting", "talk", "in", "out", "mutual", "from", "sender", "resent", "to", "cc", "bcc", "organizer",
    "attendee", "accepted", "tentative", "none", "their own address", "mine", "list", "stated", "reached", "sent",
    "through", "written",
)  # fmt: skip
ESCAPED = "CASE WHEN length({0}) = 1 OR {0} LIKE '" + AS_IT_IS + "%' THEN '" + AS_IT_IS + "' || {0} ELSE {0} END"
PLAIN = "CASE WHEN {0} LIKE '" + AS_IT_IS + "%' THEN substr({0}, 2) ELSE {0} END"


def upgrade() -> None:
    _turn(LETTERS, ESCAPED)
    _turn_reasons({word: LETTERS[word] for word in NEW})


def downgrade() -> None:
    _turn(WORDS, PLAIN)
    _turn_reasons({LETTERS[word]: word for word in NEW})


def _turn(words: dict[str, str], otherwise: str) -> None:
    for table, columns in COLUMNS.items():
        news = (f"{column} = {_case(column, words, otherwise.format(column))}" for column in columns)
        op.execute(f"UPDATE {table} SET {', '.join(news)}")  # noqa: S608 - our own words


def _turn_reasons(words: dict[str, str]) -> None:
    known = ", ".join(f"'{word}'" for word in words)
    op.execute(f"UPDATE sightings SET reason = {_case('reason', words, 'reason')} WHERE reason IN ({known})")  # noqa: S608 - our own words


def _case(column: str, words: dict[str, str], otherwise: str) -> str:
    known = " ".join(f"WHEN '{before}' THEN '{after}'" for before, after in words.items())
    return f"CASE {column} {known} ELSE {otherwise} END"
