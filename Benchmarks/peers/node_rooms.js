// Rooms on node's ws: /pub/ROOM sends, /sub/ROOM receives, a message goes to every receiver of its room at once.
// usage: node node_rooms.js PORT
"use strict";
const { WebSocketServer } = require("ws");

const rooms = new Map();

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  backlog: 4096,
  perMessageDeflate: false,
  maxPayload: 2 << 20,
});

server.on("connection", (socket, request) => {
  const [, role, room] = request.url.split("/");
  if (!rooms.has(room)) rooms.set(room, new Set());
  const receivers = rooms.get(room);
  socket.on("error", () => socket.terminate());
  if (role === "sub") {
    receivers.add(socket);
    socket.on("close", () => receivers.delete(socket));
    return;
  }
  socket.on("message", (message) => {
    for (const receiver of receivers) receiver.send(message, { binary: true });
  });
});
