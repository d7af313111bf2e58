"""Mail by the hundred thousand, streamed for benches: simpler than the world, with the same proportions."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from models.records import Mailbox
from tests.sandbox.people import OWNER, strangers
from tests.sandbox.story import Category, WorldMail

END = datetime(2026, 11, 1, tzinfo=UTC)
_CATEGORIES: tuple[Category, ...] = ("promotions", "social", "updates", "forums")
_NEWS_HEADERS = [
    {"List-Id": f"<letter.shop-{n}.example>", "List-Unsubscribe": f"<https://shop-{n}.example/u>", "Precedence": "bulk"}
    for n in range(150)
]


def bulk(
    seed: int,
    count: int,
    *,
    people: int | None = None,
    years: float = 3,
    noise: float = 0.6,
    sent: float = 0.12,
    thread: float = 2.5,
    until: datetime = END,
) -> Iterator[WorldMail]:
    """Give `count` mails by time: a share `noise` in categories, a share `sent` by the owner, the rest received.

    Threads have 1 to 12 mails, `thread` in the mean. With at least twelve mails a head, the owner exchanges mail both
    ways with each of `people` (1.5 in a hundred mails unless told); who is written to often follows a power law.
    """
    rng = random.Random(f"{seed}/bulk")
    heads = people or max(3, count * 3 // 200)
    friends = [person.mailboxes[0] for person, _ in zip(strangers(seed), range(heads), strict=False)]
    shops = [Mailbox(f"news@shop-{n}.example", f"Shop {n}") for n in range(len(_NEWS_HEADERS))]
    step = timedelta(days=365 * years) / max(1, count)
    at = until - timedelta(days=365 * years)
    mine = sent / max(1e-9, 1 - noise)
    threads: dict[int, WorldMail] = {}
    left: dict[int, int] = {}
    for number in range(count):
        at += step
        moment = at.replace(microsecond=0)
        if rng.random() < noise:
            shop = int(rng.random() * len(shops))
            yield WorldMail(
                f"{number:x}.{seed}@shop-{shop}.example", moment, shops[shop], (OWNER,), f"Offer {number % 997}",
                "newsletter", headers=_NEWS_HEADERS[shop], category=_CATEGORIES[number % 4],
            )  # fmt: skip
            continue
        # every other human mail goes round the whole circle, so that nobody is forgotten; the rest prefer the first
        head = number % heads if rng.random() < 0.5 else int(heads * rng.random() ** 3)
        friend, last = friends[head], threads.get(head)
        if last is not None and left[head] <= 0:
            last = None
        if last is None:
            left[head] = min(12, int(rng.expovariate(1 / (thread - 0.5))) + 1)
        left[head] -= 1
        out = rng.random() < mine
        threads[head] = mail = WorldMail(
            f"{number:x}.{seed}@{friend.address.partition('@')[2]}",
            moment,
            OWNER if out else friend,
            (friend,) if out else (OWNER,),
            last.subject if last else f"About {number % 1009}",
            "personal",
            sent=out,
            cc=(friends[(head * 7 + 1) % heads],) if number % 11 == 0 else (),
            references=(*last.references, last.message_id) if last else (),
            in_reply_to=last.message_id if last else None,
        )
        yield mail
