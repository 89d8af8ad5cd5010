// A copy of the public programme. Usage: node programme.mjs HOST:PORT [TOPIC]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { Consumer } from "@platformatic/kafka";

const [servers, topic = "catalogue.events.v1"] = process.argv.slice(2);
const folder = "programme"; // a file for each event: its sequence, then its message
mkdirSync(folder, { recursive: true });

function keep({ key, value, headers }) {
  const said = Object.fromEntries([...headers].map(([name, text]) => [String(name), String(text)]));
  if (said.ce_type !== "semaine.catalogue.v1") return;
  const file = `${folder}/${key}`;
  if (existsSync(file) && Number(readFileSync(file, "utf8").split("\n")[0]) >= Number(said.ce_sequence)) return;
  // A withdrawn event keeps its file, without a message: so nothing older can bring it back.
  writeFileSync(file, `${said.ce_sequence}\n${value ?? ""}`);
}

const consumer = new Consumer({ clientId: "programme", groupId: "partner.example", bootstrapBrokers: [servers] });
const stream = await consumer.consume({ topics: [topic], mode: "committed", fallbackMode: "earliest", autocommit: false });
process.on("SIGINT", () => consumer.close(true));
for await (const message of stream) {
  keep(message);
  await message.commit(); // only now: what is not stored comes again
}
