"""Rooms on picows: /pub/ROOM sends, /sub/ROOM receives, a message goes to every receiver of its room at once.

usage: picows_rooms.py PORT
"""

import asyncio
import collections
import sys

from picows import WSListener, WSMsgType, ws_create_server

ROOMS = collections.defaultdict(set)


class Publisher(WSListener):
    def __init__(self, room):
        self.room = room

    def on_ws_frame(self, transport, frame):
        if frame.msg_type == WSMsgType.BINARY:
            message = frame.get_payload_as_bytes()
            for receiver in ROOMS[self.room]:
                receiver.send(WSMsgType.BINARY, message)


class Receiver(WSListener):
    def __init__(self, room):
        self.room = room

    def on_ws_connected(self, transport):
        ROOMS[self.room].add(transport)

    def on_ws_disconnected(self, transport):
        ROOMS[self.room].discard(transport)


def listener(request):
    _, role, room = request.path.decode().split("/")
    return Publisher(room) if role == "pub" else Receiver(room)


async def main():
    server = await ws_create_server(listener, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()


asyncio.run(main())
