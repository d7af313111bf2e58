// Reads a JSON list of mails in base64 and writes what postal-mime makes of each: the fields our corpus compares.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const loaded = createRequire(process.argv[2] + "/")("postal-mime");
const PostalMime = loaded.default ?? loaded;
const flat = (boxes) => (boxes ?? []).flatMap((box) => (box.group ? flat(box.group) : [[box.address ?? "", box.name ?? ""]]));
const answers = [];
for (const mail of JSON.parse(readFileSync(0, "utf-8"))) {
  try {
    const read = await PostalMime.parse(Buffer.from(mail, "base64"));
    const at = Date.parse(read.date ?? "");
    answers.push({ from: flat(read.from ? [read.from] : []), to: flat(read.to), subject: read.subject ?? null, date: Number.isNaN(at) ? null : at / 1000 });
  } catch (error) {
    answers.push({ error: String(error) });
  }
}
process.stdout.write(JSON.stringify(answers));
