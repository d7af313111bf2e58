"""Honest inputs: one or two of each format, with most of what it may hold."""

import msgspec

ENCODE = msgspec.json.Encoder().encode

MAIL = b"""From: =?utf-8?B?QW5uYSBQYXJr?= <anna@park.example>
To: "Mira, Doe" <me@home.example>, bob@hill.example (Bob)
Cc: team: a@x.example, b@x.example;
Sender: list@lists.example
Reply-To: <anna+x@park.example>
Date: Sun, 29 Nov 2026 12:00:00 +0100 (CET)
Received: from a by b; Sun, 29 Nov 2026 12:00:01 +0000
Subject: =?iso-8859-1?Q?Caf=E9?= und mehr
 =?utf-8?q?_folded?=
Message-ID: <1@park.example>
In-Reply-To: <0@home.example>
References: <a@x> <b@y>
Delivered-To: me@home.example
List-Post: <mailto:list@lists.example>
Authentication-Results: mx.example; dmarc=pass header.from=park.example
Auto-Submitted: no
Content-Type: multipart/mixed; boundary=x

"""
BOUNCE = b"""From: MAILER-DAEMON@x.example
To: me@home.example
Subject: Undelivered Mail
X-Failed-Recipients: bob@hill.example
Content-Type: multipart/report; report-type=delivery-status; boundary="b"
Date: 29 Nov 26 1:02 PM

"""
CALENDAR = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
X-WR-TIMEZONE:Europe/Berlin\r
BEGIN:VTIMEZONE\r
TZID:Own\r
BEGIN:STANDARD\r
DTSTART:19701025T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
UID:1@x\r
DTSTAMP:20261101T000000Z\r
DTSTART;TZID=Own:20261102T090000\r
DURATION:PT1H\r
RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270101T000000Z;INTERVAL=2\r
EXDATE;TZID=Own:20261109T090000\r
RDATE:20261111T090000Z\r
ORGANIZER;CN="Doe, Anna":mailto:anna@park.example\r
ATTENDEE;PARTSTAT=ACCEPTED;CN=Me:mailto:me@home.example\r
SUMMARY:Tea\\, coffee\r
SEQUENCE:3\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:1@x\r
RECURRENCE-ID;TZID=Own;RANGE=THISANDFUTURE:20261116T090000\r
DTSTART;TZID=Own:20261117T100000\r
STATUS:CANCELLED\r
END:VEVENT\r
END:VCALENDAR\r
"""
GMAIL = ENCODE({
    "id": "1", "threadId": "t", "labelIds": ["INBOX", "SENT"], "internalDate": "1795953600000",
    "payload": {"headers": [{"name": n, "value": v} for n, v in (("From", "Anna <a@x.example>"), ("To", "me@h.example"), ("Date", "Sun, 29 Nov 2026 12:00:00 +0000"), ("Subject", "hi"), ("Message-ID", "<1@x>"), ("Authentication-Results", "mx.google.com; dmarc=pass"))]},
})  # fmt: skip
GOOGLE_EVENT = ENCODE({
    "id": "e1", "status": "confirmed", "iCalUID": "u@x", "summary": "Tea", "start": {"dateTime": "2026-11-29T12:00:00+01:00", "timeZone": "Europe/Berlin"},
    "end": {"date": "2026-11-30"}, "originalStartTime": {"date": "2026-11-29"}, "organizer": {"email": "a@x.example", "self": True, "displayName": "A"},
    "attendees": [{"email": "b@x.example", "responseStatus": "accepted", "resource": False}], "sequence": 1, "updated": "2026-11-01T00:00:00.000Z",
    "eventType": "default", "recurringEventId": "e", "guestsCanSeeOtherGuests": True,
})  # fmt: skip
GRAPH_MAIL = ENCODE({
    "id": "1", "subject": "hi", "from": {"emailAddress": {"name": "A", "address": "a@x.example"}}, "sender": {"emailAddress": {"name": "A", "address": "a@x.example"}},
    "toRecipients": [{"emailAddress": {"name": "", "address": "me@h.example"}}], "ccRecipients": [], "bccRecipients": [], "replyTo": [],
    "sentDateTime": "2026-11-29T12:00:00Z", "receivedDateTime": "2026-11-29T12:00:01Z", "conversationId": "c", "internetMessageId": "<1@x>", "isDraft": False,
    "internetMessageHeaders": [{"name": "List-Id", "value": "<l.x>"}, {"name": "In-Reply-To", "value": "<0@x>"}],
})  # fmt: skip
GRAPH_EVENT = ENCODE({
    "id": "1", "iCalUId": "u", "subject": "Tea", "start": {"dateTime": "2026-11-29T12:00:00.0000000", "timeZone": "UTC"}, "end": {"dateTime": "2026-11-29T13:00:00.0000000", "timeZone": "UTC"},
    "isAllDay": False, "isCancelled": False, "organizer": {"emailAddress": {"name": "A", "address": "a@x.example"}}, "type": "occurrence", "seriesMasterId": "m",
    "attendees": [{"type": "required", "status": {"response": "accepted"}, "emailAddress": {"name": "B", "address": "b@x.example"}}], "showAs": "busy", "responseStatus": {"response": "organizer"},
})  # fmt: skip
EXPORTED = ENCODE({
    "id": "x1", "account": "me@h.example", "channel": "email", "direction": "in", "occurred_at": "2026-11-01T00:00:00Z",
    "people": [{"person": "a@x.example", "name": "A", "address": "a@x.example", "role": "from", "response": None}],
}) + b"\n"  # fmt: skip
DAV = b"""<?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>/c/1.ics</d:href>
<d:propstat><d:prop><d:getetag>"1"</d:getetag><c:calendar-data>BEGIN:VCALENDAR&#13;END:VCALENDAR</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>
</d:response><d:sync-token>s1</d:sync-token></d:multistatus>"""
PUBSUB = b'{"message": {"data": "eyJlbWFpbEFkZHJlc3MiOiAiYUB4LmV4YW1wbGUiLCAiaGlzdG9yeUlkIjogNX0=", "messageId": "1"}, "subscription": "s"}'
NOTICE = (
    b'{"value": [{"subscriptionId": "s", "clientState": "x", "changeType": "created", "lifecycleEvent": "missed"}]}'
)
IMAP = (
    b'* 7 FETCH (UID 42 RFC822.SIZE 123 INTERNALDATE "29-Nov-2026 12:00:00 +0100" FLAGS (\\Seen $X) X-GM-LABELS ("\\\\Sent" A) '
    b"X-GM-THRID 77 BODY[HEADER.FIELDS (FROM TO DATE)] {41}\nFrom: a@x.example\r\nTo: me@h.example\r\n\r\n\n)"
)
IMAP_OTHER = b"""* SEARCH 1 2 3
* ESEARCH (TAG "A1") UID ALL 1:5,9
* LIST (\\HasNoChildren \\Sent) "/" "Sent &- items"
* OK [UIDVALIDITY 17] ok
* 23 EXISTS"""
