"""Who passed an email on has a role in it, and an email that failed DMARC may be vouched for by the user's answer.

Emails that were stored before either was asked are weighed again, batch by batch. Records name fields that hold
something only. Positions in CalDAV calendars no longer hold the addresses of events, which may name people: those that
do are dropped, and their calendars read once more.

Revision ID: 0015
Revises: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

FIELDS = ('"submitter":', '"resent_by":', '"dmarc":"fail"')


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        found = " OR ".join(f"position(convert_to('{field}', 'UTF8') IN record) > 0" for field in FIELDS)
    else:
        found = " OR ".join(f"instr(record, CAST('{field}' AS BLOB)) > 0" for field in FIELDS)
    op.execute(f"UPDATE sightings SET stale = true WHERE record IS NOT NULL AND ({found})")  # noqa: S608 - words of ours
    op.execute(
        "UPDATE streams SET cursor = NULL WHERE account_id IN (SELECT id FROM accounts WHERE provider = 'caldav')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM participations WHERE role IN ('sender', 'resent')")
