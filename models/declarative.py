"""Tables as classes with typed columns, without the mapper of SQLAlchemy's ORM: statements are all we make of them.

The classes read, and are checked, as SQLAlchemy's own declarative ones; loading the mapper would take a third of the
start of a command (measured), and nothing here is ever an object with a session.
"""

from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin

from sqlalchemy import Boolean, Column, Double, Integer, LargeBinary, MetaData, Table
from sqlalchemy.types import TypeEngine

__all__ = ["Declarative", "Mapped", "aliased", "mapped_column"]

T = TypeVar("T")

#: The column types of plain annotations; text says which one it wants.
TYPES: dict[type, type[TypeEngine[Any]]] = {int: Integer, float: Double, bool: Boolean, bytes: LargeBinary}

if TYPE_CHECKING:
    from sqlalchemy.orm import DeclarativeBase as Declarative
    from sqlalchemy.orm import Mapped, aliased, mapped_column
else:

    class Mapped(Generic[T]):
        """Marks the annotation of a column, as in `name: Mapped[str]`."""

    class mapped_column:  # noqa: N801 - SQLAlchemy's name
        """What is to be said of a column beside its annotation: the arguments of `sqlalchemy.Column`."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            self.arguments, self.options = arguments, options

    class Declarative:
        """The base of all tables; each annotated attribute becomes a column, and the class stands for its table."""

        metadata: MetaData

        def __init_subclass__(cls) -> None:
            if "__tablename__" not in vars(cls):
                return
            columns = [
                _column(name, annotation, vars(cls).get(name)) for name, annotation in cls.__annotations__.items()
            ]
            *parts, options = getattr(cls, "__table_args__", ()) or ({},)
            if not isinstance(options, dict):
                parts, options = [*parts, options], {}
            cls.__table__ = Table(cls.__tablename__, cls.metadata, *columns, *parts, **options)
            for column in columns:
                setattr(cls, column.key, column)

        @classmethod
        def __clause_element__(cls) -> Table:
            """Stand for the table wherever SQLAlchemy is given the class."""
            return cls.__table__

    class aliased:  # noqa: N801 - SQLAlchemy's name
        """A table under another name, with its columns as attributes."""

        def __init__(self, table: type[Declarative]) -> None:
            self._alias = table.__table__.alias()
            vars(self).update(self._alias.c.items())

        def __clause_element__(self) -> Any:
            """Stand for the alias wherever SQLAlchemy is given it."""
            return self._alias


def _column(name: str, annotation: Any, assigned: Any) -> Column[Any]:
    """Make a column of its annotation, of what that is annotated with itself, and of what is said beside it."""
    if get_origin(annotation) is not Mapped:
        raise TypeError(f"{name}: annotate columns with Mapped of models.declarative")
    (kind,) = get_args(annotation)
    given = [each for each in (*getattr(kind, "__metadata__", ()), assigned) if each is not None]
    kind = getattr(kind, "__origin__", kind) if hasattr(kind, "__metadata__") else kind
    optional = isinstance(kind, UnionType)
    if optional:
        (kind,) = (each for each in get_args(kind) if each is not NoneType)
    arguments = [argument for each in given for argument in each.arguments]
    options = {key: value for each in given for key, value in each.options.items()}
    if not any(_is_type(argument) for argument in arguments):
        arguments.insert(0, TYPES[kind])
    return Column(name, *arguments, nullable=optional, **options)


def _is_type(argument: Any) -> bool:
    return isinstance(argument, TypeEngine) or (isinstance(argument, type) and issubclass(argument, TypeEngine))
