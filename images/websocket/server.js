// A room for everybody: what one client sends over /ws, all others get, whichever copy of this server they are connected to.
// Copies hear of each other's messages through a channel in Redis.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";

import { createClient } from "@redis/client";
import { WebSocket, WebSocketServer } from "ws";

const CHANNEL = "websocket:messages";
const LARGEST_MESSAGE = 16 * 1024; // bytes
const PING_EVERY = 30_000; // ms: under the 60 s after which a load balancer drops a silent connection where nobody says otherwise
const DRAIN = 20_000; // ms: under the 30 s between SIGTERM and SIGKILL

const log = (text) => console.log(`${new Date().toISOString()} ${text}`);

// What to connect to. Holds the token: never logged.
function redisOptions(env) {
  const { REDIS_HOST: host, REDIS_PORT: port, REDIS_TOKEN: password, REDIS_TLS } = env;
  if (!host || !port) throw new Error("REDIS_HOST and REDIS_PORT are needed");
  const tls = REDIS_TLS === "1" ? { tls: true } : {};
  return { password: password || undefined, socket: { host, port: Number(port), connectTimeout: 3000, ...tls } };
}

const publisher = createClient({ ...redisOptions(process.env), disableOfflineQueue: true });
const subscriber = createClient(redisOptions(process.env));
for (const client of [publisher, subscriber]) client.on("error", (error) => log(`redis: ${error.code ?? error.name}`));

let draining = false;

function answer(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

// Healthy is who is not about to leave: while Redis fails over, copies that are replaced would be missing after it. Ready is who can pass
// messages on as well.
function health(response) {
  return draining ? answer(response, 503, { status: "draining" }) : answer(response, 200, { status: "ok" });
}

function ready(response) {
  if (draining || (publisher.isReady && subscriber.isReady)) return health(response);
  answer(response, 503, { status: "not ready", missing: ["cache"] });
}

const server = createServer((request, response) => {
  if (request.url === "/health") return health(response);
  if (request.url === "/health/ready") return ready(response);
  response.writeHead(404).end();
});
const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });

server.on("upgrade", (request, socket, head) => {
  socket.on("error", () => socket.destroy());
  if (draining || request.url?.split("?")[0] !== "/ws") {
    socket.end(`HTTP/1.1 ${draining ? "503 Service Unavailable" : "404 Not Found"}\r\nConnection: close\r\n\r\n`);
    return;
  }
  sockets.handleUpgrade(request, socket, head, (client) => sockets.emit("connection", client));
});

sockets.on("connection", (client) => {
  client.id = randomUUID();
  client.alive = true;
  client.on("pong", () => (client.alive = true));
  client.on("error", (error) => log(`client: ${error.code ?? error.name}`));
  client.on("message", async (data, binary) => {
    if (binary) return client.close(1003, "text only");
    try {
      await publisher.publish(CHANNEL, JSON.stringify({ from: client.id, text: data.toString() }));
    } catch {
      client.close(1011, "not passed on"); // the client connects anew, to a copy that can
    }
  });
});

function deliver(message) {
  const { from, text } = JSON.parse(message);
  for (const client of sockets.clients) {
    if (client.id !== from && client.readyState === WebSocket.OPEN) client.send(text);
  }
}

const pings = setInterval(() => {
  for (const client of sockets.clients) {
    if (!client.alive) client.terminate();
    client.alive = false;
    client.ping();
  }
}, PING_EVERY);

// No new clients; those here are told to go and connect elsewhere (1012, service restart), and are given some time for it.
async function drain(signal) {
  if (draining) return;
  draining = true;
  log(`${signal}: ${sockets.clients.size} clients are asked to leave`);
  setTimeout(() => {
    for (const client of sockets.clients) client.terminate();
  }, DRAIN).unref();
  const left = [...sockets.clients].map((client) => new Promise((resolve) => client.once("close", resolve)));
  for (const client of sockets.clients) client.close(1012, "restarting");
  await Promise.all(left);
  clearInterval(pings);
  server.close();
  server.closeAllConnections();
  publisher.destroy();
  subscriber.destroy();
  log("drained");
}

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => drain(signal));

const port = Number(process.env.PORT ?? 8080);
server.listen(port, () => log(`listening on ${port}`));
// ms: over what the load balancer waits, so that it never meets a connection which is just being closed
server.keepAliveTimeout = 1000 * Number(process.env.KEEP_ALIVE_SECONDS ?? 75);

try {
  await Promise.all([publisher.connect(), subscriber.connect()]); // each tries until it succeeds
  await subscriber.subscribe(CHANNEL, deliver);
} catch (error) {
  if (!draining) throw error; // told to stop before Redis was there
}
