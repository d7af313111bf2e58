"""Exports over the API: the files of `keepwarm export`, written to disk first, so that memory stays small."""

import tempfile
from collections.abc import Iterator
from functools import partial
from typing import IO

from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from worker.app.runtime import Runtime
from worker.export.rows.scope import Scope
from worker.export.writing import HOLDS, Export, Form, write
from worker.views.session import viewing
from worker.web.api.values import ExportAsked
from worker.web.request import Threads

#: The media type of each format.
FORMATS = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.JSONL: "application/jsonl",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PARQUET: "application/vnd.apache.parquet",
    Form.SQLITE: "application/vnd.sqlite3",
    Form.ICS: "text/calendar; charset=utf-8",
    Form.VCF: "text/vcard; charset=utf-8",
}
#: Every file there is: interactions.csv, relationships.vcf ...
NAMES = {f"{what.value}.{form.value}": (what, form) for form, kinds in HOLDS.items() for what in sorted(kinds)}
#: Bytes sent at once.
PIECE = 64 * 1024


async def exported(threads: Threads, runtime: Runtime, user_id: int, file: str, asked: ExportAsked) -> Response:
    """Answer with one of NAMES."""
    _, form = NAMES[file]
    written = await threads.run(partial(_write, runtime, user_id, file, asked))
    headers = {"Content-Disposition": f'attachment; filename="keepwarm-{file}"', "Cache-Control": "private, no-store"}
    return StreamingResponse(_pieces(written), 200, headers, FORMATS[form], background=BackgroundTask(written.close))


def _write(runtime: Runtime, user_id: int, file: str, asked: ExportAsked) -> IO[bytes]:
    what, form = NAMES[file]
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    with viewing(runtime, user_id) as view:
        scope = Scope(user_id, view.now, asked.since, asked.until, asked.person or None)
        write(view.connection, Export(what, form, scope, view.zone, view.rules), out)
    out.seek(0)
    return out


def _pieces(written: IO[bytes]) -> Iterator[bytes]:
    while piece := written.read(PIECE):
        yield piece
