"""Export: the whole history, or a part of it, in the format one's own program opens."""

from collections import defaultdict
from datetime import date, datetime, time
from typing import BinaryIO

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from worker.app.tokens import list_tokens
from worker.export.rows.scope import Scope
from worker.export.writing import HOLDS, Export, Form, What, write
from worker.identity.find_person import find_person
from worker.storage.transactions import reading, writing
from worker.web.console.access.audit import record
from worker.web.console.gate import Door
from worker.web.console.transfer.outflow import flowing
from worker.web.console.visit import Visit
from worker.wording.dates import place

KINDS = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.JSONL: "application/x-ndjson",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PARQUET: "application/vnd.apache.parquet",
    Form.SQLITE: "application/vnd.sqlite3",
    Form.ICS: "text/calendar; charset=utf-8",
    Form.VCF: "text/vcard; charset=utf-8",
}
ENDINGS = {form: form.value for form in Form} | {Form.SQLITE: "db"}
#: What most people come for: a title, what it is for, what is exported, and how.
OFFERS = (
    ("Spreadsheet", "Everything, one sheet each, for Excel, Numbers or LibreOffice.", What.ALL, Form.XLSX),
    ("People and their standing", "Who you know, how deep, how warm; a spreadsheet.", What.RELATIONSHIPS, Form.XLSX),
    ("Address book", "Contacts with last contact and roots as a note.", What.RELATIONSHIPS, Form.VCF),
    ("Calendar", "Your meetings as a calendar file.", What.INTERACTIONS, Form.ICS),
    ("For your own programs", "A SQLite file for Datasette, DuckDB or pandas.", What.ALL, Form.SQLITE),
    ("Backup of your history", "Exact JSON Lines, which keepwarm can read back.", What.INTERACTIONS, Form.JSONL),
)


def doors() -> list[Door]:
    """Say which addresses this module answers."""
    return [Door("GET", "/export", show), Door("POST", "/export", download)]


def show(visit: Visit, status: int = 200, trouble: str = "") -> Response:
    """Show what can be exported, and the tokens of programs."""
    with reading(visit.runtime.engine) as connection:
        tokens = list_tokens(connection, visit.user_id)
    filled = defaultdict(str, visit.form)
    return visit.page(
        "export.html", status=status, offers=OFFERS, whats=What, forms=Form, trouble=trouble, filled=filled,
        tokens=tokens,
    )  # fmt: skip


def _day(visit: Visit, name: str) -> datetime | None:
    text = visit.form.get(name, "")
    try:
        return datetime.combine(date.fromisoformat(text), time(), place(visit.zone)) if text else None
    except ValueError:
        raise HTTPException(400) from None


def download(visit: Visit) -> Response:
    """Send an export as it is written."""
    form = visit.form
    what = What(form["what"]) if form.get("what") in {one.value for one in What} else What.INTERACTIONS
    kind = Form(form["form"]) if form.get("form") in {one.value for one in Form} else Form.CSV
    since, until = _day(visit, "since"), _day(visit, "until")
    trouble = ""
    if what not in HOLDS[kind]:
        fitting = ", ".join(one.value for one in What if one in HOLDS[kind])
        trouble = f"{kind.value} can't hold {what.value}. It can hold {fitting}."
    elif since and until and until <= since:
        trouble = "The end has to be after the beginning."
    if trouble:
        return show(visit, 400, trouble)
    user_id, engine, said = visit.user_id, visit.runtime.engine, form.get("person", "").replace("\0", "")[:320].strip()
    with writing(engine) as connection:
        person = find_person(connection, user_id, said) if said else None
        record(connection, "exported", visit.now, user_id=user_id, place=visit.client, detail=f"{what} {kind}")
    scope = Scope(user_id, visit.now, since, until, person)
    excel = form.get("excel") == "yes" and kind is Form.CSV
    export = Export(what, kind, scope, visit.zone, visit.console.rules, excel)

    def make(out: BinaryIO) -> None:
        with reading(engine) as connection:
            write(connection, export, out)

    name = f"keepwarm-{what.value}-{visit.now:%Y-%m-%d}.{ENDINGS[kind]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(flowing(make), media_type=KINDS[kind], headers=headers)
