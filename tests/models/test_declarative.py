"""Tables declared as classes: what statements get of them."""

import pytest
import sqlalchemy as sa

from models.declarative import Declarative, Mapped, aliased, mapped_column


def test_each_annotation_becomes_a_column_and_the_class_stands_for_its_table() -> None:
    class Base(Declarative):
        metadata = sa.MetaData()

    class Boat(Base):
        __tablename__ = "boats"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(sa.Text, default="")
        length: Mapped[float | None]

    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    other = aliased(Boat)
    with engine.begin() as connection:
        connection.execute(sa.insert(Boat).values(length=7.5))
        connection.execute(sa.insert(Boat).values(name="Ada"))
        connection.execute(sa.update(Boat).where(Boat.length.is_(None)).values(length=Boat.id + 1))
        pairs = connection.execute(sa.select(Boat.name, other.length).join(other, other.id > Boat.id)).all()
        assert [tuple(row) for row in pairs] == [("", 3.0)]
        assert connection.execute(sa.delete(Boat).returning(Boat.id)).all() == [(1,), (2,)]
    assert [column.nullable for column in Boat.__table__.columns] == [False, False, True]


def test_a_column_that_is_annotated_otherwise_is_refused() -> None:
    with pytest.raises(TypeError, match="Mapped of"):

        class Wrong(Declarative):
            __tablename__ = "wrong"
            metadata = sa.MetaData()
            id: int
