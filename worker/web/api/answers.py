"""From what pages show to what the API gives (pure)."""

from collections.abc import Iterable

from worker.decisions.actions import Done
from worker.digest.digest import Digest
from worker.network.roots import Door, Tree
from worker.network.season.review import Named, Season
from worker.network.season.words import heading, sentences
from worker.views.digest import EarlierDigest
from worker.views.growing import IntroductionRow
from worker.views.judgement.quieted import Quieted
from worker.views.people.people import PeoplePage, PersonRow
from worker.views.people.person import Introduced, PersonView
from worker.views.people.touches import TouchPage
from worker.views.sources import Source
from worker.web.api import values


def people(page: PeoplePage) -> values.People:
    """Return a page of people."""
    return values.People(tuple(map(_person, page.rows)), page.cursor or None)


def _person(row: PersonRow) -> values.PersonItem:
    return values.PersonItem(
        row.person, row.name, row.addresses, row.stage, row.warmth, row.reason, row.silent_days, row.last_at,
        row.next_meeting_at, _decided(row.quieted),
    )  # fmt: skip


def _decided(found: Quieted) -> values.Decided:
    return values.Decided(found.snoozed_until, found.muted, found.resting)


def person(found: PersonView) -> values.PersonDetail:
    """Return everything about one person."""
    return values.PersonDetail(
        person=found.person,
        name=found.name,
        addresses=tuple(one.address for one in found.addresses),
        stage=found.stage,
        warmth=found.warmth,
        sentences=found.sentences,
        silent_days=found.silent_days,
        first_at=found.dates.first_at,
        last_at=found.dates.last_at,
        next_meeting_at=found.dates.next_meeting_at,
        months=found.months,
        because=tuple(
            values.Because(one.rule, one.reason, tuple(touch.id for touch in one.evidence)) for one in found.reasons
        ),
        no_relationship=found.no_relationship,
        ask=values.Ask(found.ask.verdict.value, found.ask.evidence, found.ask.first),
        introduced_by=_named(found.introduced_by),
        introduced_to=_named(found.introduced_to),
        decided=_decided(found.quieted),
    )


def _named(found: tuple[Introduced, ...]) -> tuple[values.NamedPerson, ...]:
    return tuple(values.NamedPerson(one.person, one.name) for one in found)


def touches(page: TouchPage) -> values.Touches:
    """Return a page of the history."""
    return values.Touches(
        tuple(
            values.TouchItem(
                row.id, row.at, row.ends_at, row.channel, row.direction, row.subject, row.group_size,
                tuple(values.NamedPerson(*one) for one in row.people), row.said,
            )
            for row in page.rows
        ),
        page.cursor or None,
    )  # fmt: skip


def digest(found: Digest) -> values.DigestAnswer:
    """Return this week's digest."""
    lines = tuple(
        values.DigestItem(line.person, line.name, line.kind, line.why, line.step, line.address, line.silent_days)
        for line in found.lines
    )
    return values.DigestAnswer(found.period, found.as_of, None, lines, found.notes)


def earlier(found: EarlierDigest) -> values.DigestAnswer:
    """Return an earlier digest: its words if they are still there, else the people it named."""
    if found.content is not None:
        said = digest(found.content)
        return values.DigestAnswer(found.period, found.made_at, found.sent_at, said.lines, said.notes)
    lines = tuple(values.DigestItem(line.person, line.name, line.kind) for line in found.lines)
    return values.DigestAnswer(found.period, found.made_at, found.sent_at, lines, ())


def introductions(found: Iterable[IntroductionRow]) -> values.Introductions:
    """Return introductions."""
    return values.Introductions(
        tuple(
            values.IntroductionItem(
                values.NamedPerson(one.introducer, one.introducer_name),
                values.NamedPerson(one.introduced, one.introduced_name),
                one.at, one.counts, one.confirmed, one.because, one.evidence,
            )
            for one in found
        )
    )  # fmt: skip


def roots(found: Tree) -> values.Roots:
    """Return the tree of introductions."""
    brought = tuple(
        values.BroughtItem(
            values.NamedPerson(one.one, one.one_name), values.NamedPerson(one.other, one.other_name), one.at
        )
        for one in found.brought
    )
    return values.Roots(tuple(map(_door, found.doors)), brought)


def _door(one: Door) -> values.DoorItem:
    return values.DoorItem(one.person, one.name, one.since, tuple(map(_door, one.led_to)))


def season(found: Season) -> values.SeasonAnswer:
    """Return a season."""
    return values.SeasonAnswer(
        found.quarter.key,
        heading(found),
        sentences(found),
        _people(found.took_root),
        tuple(values.DeepenedItem(*one) for one in found.deepened),
        _people(found.rested),
        tuple(
            values.OpenedItem(values.NamedPerson(*one.introducer), values.NamedPerson(*one.introduced))
            for one in found.doors
        ),
        _people(found.stayed),
        tuple(values.StandingItem(*one) for one in found.years),
    )


def _people(found: Iterable[Named]) -> tuple[values.NamedPerson, ...]:
    return tuple(values.NamedPerson(*one) for one in found)


def source(found: Source) -> values.SourceItem:
    """Return one account with its counts."""
    one = found.count
    streams = tuple(
        values.StreamItem(
            title=stream.title,
            kind=stream.kind,
            found=stream.found,
            kept=stream.held,
            skipped=sum(stream.skipped.values()),
            later=sum(stream.deferred.values()),
            unreadable=stream.unreadable,
            complete=round(stream.complete, 4),
            synced_at=stream.synced_at,
            trouble=stream.trouble,
        )
        for stream in one.streams
    )
    return values.SourceItem(one.account, one.provider, one.state, one.trouble, found.known_until, streams)


def action(done: Done) -> values.ActionItem:
    """Return an action that was taken."""
    return values.ActionItem(done.id, done.action, done.person, done.at, done.until, done.undone)
