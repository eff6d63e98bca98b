// A client of images/websocket for its test: prints one line of JSON for each thing that happens, says what it reads, line by line.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const { WebSocket } = createRequire(`${process.argv[2]}/`)("ws");
const tell = (value) => console.log(JSON.stringify(value));

const socket = new WebSocket(process.argv[3]);
socket.on("open", () => tell({ open: true }));
socket.on("message", (data) => tell({ message: data.toString() }));
socket.on("close", (code, reason) => {
  tell({ closed: code, reason: reason.toString() });
  process.exit(0);
});
socket.on("unexpected-response", (_, response) => {
  tell({ refused: response.statusCode });
  process.exit(0);
});
createInterface({ input: process.stdin }).on("line", (line) => socket.send(line));
