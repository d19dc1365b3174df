"""Ten updates a second of a large topology that thousands watch, some of whom take nothing: what the server takes, and until when everybody
who reads has the last state."""

import base64
import http.client
import json
import os
import resource
import select
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from statistics import median

from report import Measured, show, thousands
from topology import LINKS, NODES, graph
import servers
import topology

LINES = {"watchers": "topology with watchers", "watchers-plain": "topology with watchers, nothing compressed"}
WATCHERS, STUCK = 5_000, 50
UPDATES_PER_SECOND = 10
# Updates under way at a time.
SENDERS = 3
# Seconds until everybody must have the last state.
PATIENCE = 300
PONG = b"\x8a\x80\0\0\0\0"
OFFER = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
# Octets that no state but the last one has more than the others, however compressed.
LAST = 20_000


class Watcher:
    """A WebSocket whose messages are counted and measured, not kept."""

    def __init__(self, port, topology, fields, receives=None):
        self.socket = socket.socket()
        if receives:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
        self.socket.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /ws/network-topology/topology/{topology}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{fields}\r\n").encode())
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = self.socket.recv(4096)
            if not part:
                break
            answer += part
        if not answer.startswith(b"HTTP/1.1 101 "):
            raise SystemExit(f"the WebSocket is refused: {answer[:200]}")
        if fields and b"permessage-deflate" not in answer:
            raise SystemExit("compression is refused")
        self.head, self.left, self.length, self.messages, self.last_length = bytearray(), 0, 0, 0, 0

    def take(self, view):
        """Goes through octets, frame by frame (RFC 6455 §5.2)."""
        position, end = 0, len(view)
        while position < end:
            if self.left:
                skipped = min(self.left, end - position)
                self.left -= skipped
                position += skipped
            else:
                self.head.append(view[position])
                position += 1
                length = self.head[1] & 127 if len(self.head) > 1 else 0
                if len(self.head) < 2 or len(self.head) < {126: 4, 127: 10}.get(length, 2):
                    continue
                if length > 125:
                    length = int.from_bytes(self.head[2:], "big")
                self.kind, self.left = self.head[0], length
                self.head.clear()
                if self.kind & 8 == 0:
                    self.length += length
            if self.left == 0:
                self.end_frame()

    def end_frame(self):
        if self.kind & 15 == 9:
            self.socket.send(PONG)
        elif self.kind & 0x88 == 0x80:
            self.messages += 1
            self.last_length, self.length = self.length, 0


class Crowd:
    """All watchers; one thread reads what comes."""

    def __init__(self, port, topology, fields):
        # Small windows fill at once.
        self.stuck = [Watcher(port, topology, fields, 4096) for _ in range(STUCK)]
        self.readers = {}
        self.poll = select.epoll()
        for _ in range(WATCHERS - STUCK):
            watcher = Watcher(port, topology, fields)
            self.readers[watcher.socket.fileno()] = watcher
            self.poll.register(watcher.socket.fileno(), select.EPOLLIN)
        self.octets, self.is_over, self.failure = 0, False, None
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        view = memoryview(bytearray(1 << 18))
        while not self.is_over:
            for number, _ in self.poll.poll(0.1):
                watcher = self.readers[number]
                count = watcher.socket.recv_into(view)
                if count == 0:
                    self.failure = "the server closed a WebSocket"
                    return
                self.octets += count
                watcher.take(view[:count])

    @property
    def messages(self):
        return sum(watcher.messages for watcher in self.readers.values())

    def longest(self):
        return max(watcher.last_length for watcher in self.readers.values())

    def wait_for_longer_than(self, length):
        """Until the last message of everybody is a longer one."""
        deadline = time.monotonic() + PATIENCE
        waiting = list(self.readers.values())
        while waiting:
            if self.failure or time.monotonic() > deadline:
                raise SystemExit(self.failure or f"{len(waiting)} watchers do not have the last state after {PATIENCE} s")
            time.sleep(0.05)
            waiting = [watcher for watcher in waiting if watcher.last_length <= length]

    def leave(self):
        self.is_over = True
        self.thread.join()
        for watcher in [*self.stuck, *self.readers.values()]:
            watcher.socket.close()


class Watchers:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options

    def prepare(self):
        # Each watcher is a file of this process and one of the server's.
        least = WATCHERS + 1000
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < least:
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(least, hard) if hard != resource.RLIM_INFINITY else least, hard))
        self.inputs = [graph(step) for step in range(2)]
        # All but the last make messages of about one length.
        last = json.loads(self.inputs[0])
        for node in last["nodes"][:LAST // 100]:
            node["properties"]["serial"] = os.urandom(100).hex()
        self.inputs.append(json.dumps(last))
        environment = {"RADIAN_TOPOLOGY_API_AUTH_REQUIRED": "no", "RADIAN_HTTP_MAXIMUM_CONNECTIONS": str(least)}
        cases = []
        for line, fields in (("watchers", OFFER), ("watchers-plain", "")):
            if line not in self.options.lines:
                continue
            for database in reversed(self.bench.databases(f"radian_benchmark_{line.replace('-', '_')}")):
                server, topology_id = topology.serve(self.bench, database, line, environment)
                measured = Measured(line, LINES[line], "Radian", database.label)
                cases.append((measured, lambda server=server, id=topology_id, fields=fields: self.updates(server, id, fields)))
        return cases

    def updates(self, server, topology_id, fields):
        topology.wait(server)
        path = f"/api/v1/network-topology/topology/{topology_id}/receive/?key=key"

        def send(text):
            begin = time.monotonic()
            # One connection for each of the threads that send.
            connection = connections.get(threading.get_ident())
            if connection is None:
                connection = connections[threading.get_ident()] = http.client.HTTPConnection("127.0.0.1", server.http_port, timeout=120)
            connection.request("POST", path, text, {"Content-Type": "text/plain"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{server.name}: {answer.status} {body[:200]}\n{server.last_words()}")
            return time.monotonic() - begin

        connections = {}
        send(self.inputs[0])
        crowd = Crowd(server.http_port, topology_id, fields)
        sent, seconds = [], max(self.options.seconds, 3)
        begin = time.monotonic()
        with ThreadPoolExecutor(SENDERS) as senders:
            while (now := time.monotonic()) - begin < seconds:
                time.sleep(max(0, begin + len(sent) / UPDATES_PER_SECOND - now))
                # As often as it is taken: whoever is late is waited for.
                wait([update for update in sent if not update.done()][:-SENDERS + 1])
                sent.append(senders.submit(send, self.inputs[(len(sent) + 1) % 2]))
        taken = [update.result() for update in sent]
        duration = time.monotonic() - begin
        messages, octets = crowd.messages, crowd.octets
        deadline = time.monotonic() + PATIENCE
        while crowd.longest() == 0 and time.monotonic() < deadline:
            time.sleep(0.05)
        length = crowd.longest()
        begin = time.monotonic()
        send(self.inputs[2])
        crowd.wait_for_longer_than(length + LAST // 2)
        settled = time.monotonic() - begin
        crowd.leave()
        for connection in connections.values():
            connection.close()
        return {
            "requests_per_second": len(taken) / duration, "milliseconds": 1000 * median(taken), "messages_per_second": messages / duration,
            "megabytes_per_second": octets / duration / 1e6, "seconds_to_the_last_state": settled, "peak_megabytes": peak_megabytes(server),
        }

    def report(self, all_measured, thresholds):
        show(["work", "program", "database", "updates/s", "ms an update", "messages/s", "MB/s", "s to the last state", "peak MB"], [[
            m.work, m.server, m.database, f"{m.median('requests_per_second'):.1f}", f"{m.median('milliseconds'):.0f}",
            thousands(m.median("messages_per_second")), thousands(m.median("megabytes_per_second")),
            f"{m.median('seconds_to_the_last_state'):.1f}", thousands(m.median("peak_megabytes")),
        ] for m in all_measured], 3)
        print(f"\nWatchers: {WATCHERS} of a topology with {NODES} nodes and {LINKS} links, {STUCK} of them take nothing; up to "
              f"{UPDATES_PER_SECOND} updates a second; {self.options.rounds} rounds, {os.cpu_count()} processors for server and watchers; medians.")


def peak_megabytes(server):
    with open(f"/proc/{server.process.pid}/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) / 1024
