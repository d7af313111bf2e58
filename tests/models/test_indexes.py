"""Every index has a query that it serves, or else a foreign key."""

import inspect
from importlib import import_module

import pytest
from sqlalchemy import Index

from models.tables import Base

INDEXES = {str(index.name): index for table in Base.metadata.sorted_tables for index in table.indexes}


@pytest.mark.parametrize("index", [pytest.param(index, id=name) for name, index in sorted(INDEXES.items())])
def test_an_index_is_named_beside_the_query_it_serves(index: Index) -> None:
    if "serves" not in index.info:
        (column,) = index.columns
        assert column.foreign_keys
        return
    module, _, name = index.info["serves"].rpartition(".")
    found = inspect.unwrap(getattr(import_module(module), name))
    columns = [column.name for column in index.columns]
    asked = inspect.getsource(found) if inspect.isfunction(found) else str(found)
    assert any(name in asked for name in columns[1:] or columns), f"{name} asks for none of {columns}"
