"""Participations name their address by a number: two bytes or three instead of its text, in the row and its index.

Revision ID: 0026
Revises: 0025
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

import models.base

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TEXT, AT, WHOLE = models.base.Bytewise(), models.base.Instant(), sa.Integer()
USERS = "fk_addresses_user_id_users"
INTERACTIONS = "fk_participations_interaction_interactions"
ADDRESSES = "fk_participations_user_id_address_addresses"
#: Columns that stay what they are.
BOX = "address, name, name_own, name_at, kind, person, why, touched, outsider"
PART = "role, response, name, touch, at, counts_at"
#: Whoever takes part is known: were one not, they would be lost here.
MISSING = """
INSERT INTO addresses (user_id, address, name, name_own, name_at, kind, touched)
SELECT DISTINCT p.user_id, p.address, '', 0, 0, 'person', true FROM participations p WHERE NOT EXISTS
    (SELECT 1 FROM addresses a WHERE a.user_id = p.user_id AND a.address = p.address)"""
NUMBER = "CAST(row_number() OVER (PARTITION BY user_id ORDER BY address) AS INTEGER)"


def upgrade() -> None:
    op.execute(MISSING)
    _copy(f"user_id, number, {BOX}", f"user_id, {NUMBER}, {BOX}", numbered=True)


def downgrade() -> None:
    _copy(f"user_id, {BOX}", f"user_id, {BOX}", numbered=False)


def _copy(columns: str, values: str, *, numbered: bool) -> None:
    """Copy both tables as they are to be, each in its order; participations call their address as it is called then."""
    _drop_indexes()
    _addresses("addresses_anew", numbered=numbered)
    op.execute(f"INSERT INTO addresses_anew ({columns}) SELECT {values} FROM addresses ORDER BY 1, 2")  # noqa: S608 - our own names
    _participations("participations_anew", numbered=numbered)
    if numbered:
        _fill("a.number", "a.user_id = p.user_id AND a.address = p.address", "addresses_anew")
    else:
        _fill("a.address", "a.user_id = p.user_id AND a.number = p.address", "addresses")
    _swap()
    _create_indexes()


def _drop_indexes() -> None:
    op.drop_index("ix_participations_address", table_name="participations")
    for name in ("lists", "person", "touched"):
        op.drop_index(f"ix_addresses_{name}", table_name="addresses")


def _create_indexes() -> None:
    lists, due, sure = sa.text("kind = 'list'"), sa.text("touched = 1"), sa.text("touched")
    op.create_index("ix_addresses_lists", "addresses", ["user_id"], sqlite_where=lists, postgresql_where=lists)
    op.create_index("ix_addresses_person", "addresses", ["user_id", "person"])
    op.create_index("ix_addresses_touched", "addresses", ["user_id"], sqlite_where=due, postgresql_where=sure)
    columns = ["user_id", "address", "at", "counts_at", "touch"]
    op.create_index("ix_participations_address", "participations", columns)


def _fill(address: str, joined: str, boxes: str) -> None:
    """Copy participations in the order of their table, each with what it is to call its address from now on."""
    theirs = ", ".join(f"p.{one}" for one in PART.split(", "))
    op.execute(
        f"INSERT INTO participations_anew (interaction, address, user_id, {PART}) "  # noqa: S608 - our own names
        f"SELECT p.interaction, {address}, p.user_id, {theirs} FROM participations p JOIN {boxes} a ON {joined} "
        "ORDER BY 1, 2"
    )


def _swap() -> None:
    """Put the new tables in the place of the old ones; PostgreSQL's keys keep the names they were made with."""
    for name in ("participations", "addresses"):
        op.drop_table(name)
    for name in ("addresses", "participations"):
        op.rename_table(f"{name}_anew", name)
    if op.get_bind().dialect.name == "postgresql":
        for name in ("addresses", "participations"):
            op.execute(f"ALTER TABLE {name} RENAME CONSTRAINT pk_{name}_anew TO pk_{name}")


def _addresses(table: str, *, numbered: bool) -> None:
    op.create_table(
        table,
        sa.Column("user_id", WHOLE, autoincrement=False, nullable=False),
        *([sa.Column("number", WHOLE, autoincrement=False, nullable=False)] if numbered else []),
        *_filled(TEXT, "address", "name"), *_filled(sa.SmallInteger(), "name_own"),
        *_filled(sa.BigInteger(), "name_at"), *_filled(TEXT, "kind"), *_maybe(TEXT, "person", "why"),
        *_filled(sa.Boolean(), "touched"), *_maybe(sa.Boolean(), "outsider"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=USERS, ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "number" if numbered else "address", name=_key("addresses")),
        *([sa.UniqueConstraint("user_id", "address", name="uq_addresses_user_id_address")] if numbered else []),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _participations(table: str, *, numbered: bool) -> None:
    address = sa.Column("address", WHOLE if numbered else TEXT, autoincrement=False, nullable=False)
    whose = (["user_id", "address"], ["addresses_anew.user_id", "addresses_anew.number"])
    op.create_table(
        table,
        sa.Column("interaction", WHOLE, autoincrement=False, nullable=False), address,
        sa.Column("user_id", WHOLE, autoincrement=False, nullable=False),
        *_filled(TEXT, "role"), *_maybe(TEXT, "response"), *_filled(TEXT, "name"),
        *_maybe(sa.SmallInteger(), "touch"), *_filled(AT, "at", "counts_at"),
        sa.ForeignKeyConstraint(["interaction"], ["interactions.number"], name=INTERACTIONS, ondelete="CASCADE"),
        *([sa.ForeignKeyConstraint(*whose, name=ADDRESSES, ondelete="CASCADE")] if numbered else []),
        sa.PrimaryKeyConstraint("interaction", "address", name=_key("participations")),
        sqlite_with_rowid=False,
    )  # fmt: skip


def _key(table: str) -> str:
    """Name a primary key: in PostgreSQL it is an index as well, and the old one is still there."""
    return f"pk_{table}_anew" if op.get_bind().dialect.name == "postgresql" else f"pk_{table}"


def _filled(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _maybe(kind: Any, *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=True) for name in names]
