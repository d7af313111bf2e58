// Reads {"texts": [...], "until": "..."} and writes, for each iCalendar text, what ical.js makes of it: every occurrence
// that stands as [uid, begin, end] in seconds since 1970 UTC, or the error it raises. Run with NODE_PATH's folder.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(process.argv[2] + "/");
const loaded = require("ical.js");
const ICAL = loaded.default ?? loaded;
const MOST = 2000;

function occurrences(text, until) {
  const root = new ICAL.Component(ICAL.parse(text));
  const calendars = root.name === "vcalendar" ? [root] : root.getAllSubcomponents("vcalendar");
  const found = [];
  for (const calendar of calendars) {
    for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
    const events = calendar.getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));
    const masters = events.filter((event) => !event.isRecurrenceException());
    for (const event of events.filter((each) => each.isRecurrenceException())) {
      const master = masters.find((each) => each.uid === event.uid);
      if (master) master.relateException(event.component);
      else add(event, event.startDate, event.endDate);
    }
    for (const event of masters) {
      if (!event.isRecurring()) {
        add(event, event.startDate, event.endDate);
        continue;
      }
      const iterator = event.iterator();
      for (let next = iterator.next(), number = 0; next && number < MOST; next = iterator.next(), number++) {
        if (next.toUnixTime() > until) break;
        const details = event.getOccurrenceDetails(next);
        add(details.item, details.startDate, details.endDate);
      }
    }
  }
  return found.sort((a, b) => a[1] - b[1] || a[2] - b[2]);

  function add(event, start, end) {
    if (event.component.getFirstPropertyValue("status") !== "CANCELLED") found.push([event.uid, start.toUnixTime(), end.toUnixTime()]);
  }
}

const { texts, until } = JSON.parse(readFileSync(0, "utf-8"));
const answers = texts.map((text) => {
  ICAL.TimezoneService.reset?.();
  try {
    return occurrences(text, until);
  } catch (error) {
    return String(error);
  }
});
process.stdout.write(JSON.stringify(answers));
