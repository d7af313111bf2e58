"""The common ground of all tables: names of constraints, byte-ordered text, and times as whole UTC seconds."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from sqlalchemy import BigInteger, Dialect, Index, MetaData, String, Text, TextClause
from sqlalchemy.types import TypeDecorator, TypeEngine

from models.declarative import Declarative, mapped_column

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(Declarative):
    """What every table inherits."""

    metadata = MetaData(naming_convention=NAMING)


def serving(name: str, *columns: str | TextClause, by: str, **options: Any) -> Index:
    """An index, with the function whose query it serves (by its whole name): one that serves none is dropped.

    What is indexed as a column only makes the deletion of what it refers to fast. A condition is given for SQLite alone
    (`sqlite_where`): PostgreSQL's, in the migrations, would have SQLAlchemy load all of its dialect for every command.
    """
    return Index(name, *columns, info={"serves": by}, **options)


class Bytewise(TypeDecorator[str]):
    """Text that both databases sort by its bytes: SQLite does so anyway, PostgreSQL is made to."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Ask PostgreSQL for the C collation."""
        return dialect.type_descriptor(String(collation="C") if dialect.name == "postgresql" else Text())


class Instant(TypeDecorator[datetime]):
    """A moment as whole seconds since 1970 UTC: one arithmetic, and one order, for both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Store an aware datetime.

        Raises:
            ValueError: the datetime has no zone.
        """
        del dialect
        return None if value is None else seconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Read an aware UTC datetime."""
        del dialect
        return None if value is None else moment(value)


def seconds(at: datetime) -> int:
    """Convert an aware datetime into whole seconds since 1970 UTC, rounded down.

    Raises:
        ValueError: `at` has no zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    since = at - EPOCH  # in whole days and seconds that go down, as `floor` of a timestamp would in twice the time
    return since.days * 86_400 + since.seconds


def moment(at: int) -> datetime:
    """Convert whole seconds since 1970 UTC into an aware datetime."""
    return EPOCH + timedelta(seconds=at)


Key = Annotated[str, mapped_column(Bytewise, primary_key=True)]
Line = Annotated[str, mapped_column(Bytewise)]
MaybeLine = Annotated[str | None, mapped_column(Bytewise)]
At = Annotated[datetime, mapped_column(Instant)]
MaybeAt = Annotated[datetime | None, mapped_column(Instant)]
