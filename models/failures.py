"""Tasks that failed repeatedly (dead letters), to be listed and tried again."""

from sqlalchemy import ForeignKey

from models.base import At, Base, Key, Line, serving
from models.declarative import Mapped, mapped_column


class Failure(Base):
    """A message that has used up its tries; there is one row for the same thing asked again and again."""

    __tablename__ = "failures"
    __table_args__ = (
        serving("ix_failures_user", "user_id", by="worker.queue.dead_letters.failed"),
        {"sqlite_with_rowid": False},
    )

    actor: Mapped[Key]
    subject: Mapped[Key]  # what it was asked for: the ids of the message, as JSON
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    error: Mapped[Line]  # its kind and the place in our code; never its text, which may quote a mail
    times: Mapped[int]
    first_at: Mapped[At]
    last_at: Mapped[At]
    again_at: Mapped[At]  # not asked again before
