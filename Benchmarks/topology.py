"""Updates of a topology: an input is sent, parsed, compared, stored, and told to who watches; beside netdiff's parse and diff alone."""

import base64
import json
import os
import socket
import struct
import subprocess
import threading
import time
import urllib.request

from report import Measured, show
import servers

LINES = {"topology": "topology update"}
NODES, LINKS = 10_000, 20_000
# So many links of each input have another cost than in the one before.
CHANGED = 1_000


def graph(step):
    """A ring with chords; the cost of some links depends on the step."""
    nodes = [{"id": f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}", "label": f"node {n}", "properties": {"model": "router", "serial": n}}
             for n in range(NODES)]
    links = []
    for n in range(LINKS):
        other = (n + 1) % NODES if n < NODES else (n * 7919 + 3) % NODES
        cost = 1.0 + (step % 2 if n % (LINKS // CHANGED) == 0 else 0)
        links.append({"source": nodes[n % NODES]["id"], "target": nodes[other]["id"], "cost": cost,
                      "properties": {"link_quality": 1.0, "neighbor_link_quality": 0.9}})
    return json.dumps({"type": "NetworkGraph", "protocol": "OLSR", "version": "0.8", "metric": "ETX", "nodes": nodes, "links": links})


class Watcher:
    """A WebSocket that counts whole messages."""

    def __init__(self, port, topology):
        self.socket = socket.create_connection(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /ws/network-topology/topology/{topology}/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        self.file = self.socket.makefile("rb")
        if b" 101 " not in self.file.readline():
            raise SystemExit("the WebSocket is refused")
        while self.file.readline().strip():
            pass
        self.messages = threading.Semaphore(0)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        try:
            while head := self.file.read(2):
                length = head[1] & 127
                if length == 126:
                    length = struct.unpack(">H", self.file.read(2))[0]
                elif length == 127:
                    length = struct.unpack(">Q", self.file.read(8))[0]
                self.file.read(length)
                # The last frame of a message, which is no control frame.
                if head[0] & 0x80 and head[0] & 15 < 8:
                    self.messages.release()
        except (OSError, ValueError):
            pass

    def close(self):
        self.socket.close()


def serve(bench, database, name, environment):
    """Starts a server over a database with one topology; returns both."""
    command = [bench.radian, "topology", "add", "benchmark", "netjson", "--key", "key", "--config", servers.CONFIGURATION]
    made = subprocess.run(command, cwd=bench.directory, env=os.environ | servers.radian_environment(database), check=True,
                          capture_output=True, text=True)
    server = servers.radian(bench.radian, database, os.path.join(bench.directory, f"{name}-{database.label}"), bench.server_cores, False,
                            environment)
    bench.started.append(server)
    return server, made.stdout.strip()


def wait(server):
    """Until it answers."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{server.http_port}/health", timeout=5).read()
        except OSError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{server.name} does not answer\n{server.last_words()}")
            time.sleep(0.1)


class Topology:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options

    def prepare(self):
        bench, cases = self.bench, []
        self.inputs = [graph(step).encode() for step in range(2)]
        self.paths = []
        for number, text in enumerate(self.inputs):
            path = os.path.join(bench.directory, f"graph-{number}.json")
            with open(path, "wb") as file:
                file.write(text)
            self.paths.append(path)
        postgres, sqlite = bench.databases("radian_benchmark_topology")
        for database in (sqlite, postgres):
            server, topology = serve(bench, database, "topology", {"RADIAN_TOPOLOGY_API_AUTH_REQUIRED": "no"})
            measured = Measured("topology", LINES["topology"], "Radian", database.label)
            cases.append((measured, lambda server=server, topology=topology: self.updates(server, topology)))
        program = bench.peer("netdiff.txt", "benchmark-netdiff")
        if program:
            measured = Measured("topology", LINES["topology"], "netdiff", "PostgreSQL")
            cases.append((measured, lambda: self.netdiff(program)))
        return cases

    def updates(self, server, topology):
        """Sends inputs one after the other; each counts once its message has come."""
        wait(server)
        watcher = Watcher(server.http_port, topology)
        url = f"http://127.0.0.1:{server.http_port}/api/v1/network-topology/topology/{topology}/receive/?key=key"
        taken, seconds = [], max(self.options.seconds, 3)
        begin = None
        while begin is None or time.monotonic() - begin < seconds:
            # A server never gets what it had last, about which it would tell nobody.
            server.inputs = getattr(server, "inputs", 0) + 1
            request = urllib.request.Request(url, self.inputs[server.inputs % 2], {"Content-Type": "text/plain"})
            start = time.monotonic()
            urllib.request.urlopen(request, timeout=60).read()
            if not watcher.messages.acquire(timeout=30):
                raise SystemExit(f"{server.name}: no message came\n{server.last_words()}")
            # The first fills empty tables or memory.
            if begin is None:
                begin = time.monotonic()
            else:
                taken.append(time.monotonic() - start)
        watcher.close()
        return {"requests_per_second": 1 / (sum(taken) / len(taken)), "milliseconds": 1000 * sum(taken) / len(taken)}

    def netdiff(self, program):
        command = [program, os.path.join(servers.PEER, "netdiff_topology.py"), *self.paths, "2"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=1800)
        if run.returncode != 0:
            raise SystemExit(f"netdiff: {run.stderr[-2000:]}")
        taken = [float(line) for line in run.stdout.split()]
        return {"requests_per_second": len(taken) / sum(taken), "milliseconds": 1000 * sum(taken) / len(taken)}

    def report(self, all_measured, thresholds):
        show(["work", "program", "database", "ms an update", "updates/s"], [[
            m.work, m.server, "none: parse and diff only" if m.server == "netdiff" else m.database, f"{m.median('milliseconds'):.0f}",
            f"{m.median('requests_per_second'):.1f}",
        ] for m in all_measured], 3)
        print()
        thresholds.ratios(all_measured, "netdiff", "requests_per_second", "takes")
        print(f"\nTopology: {NODES} nodes, {LINKS} links, {CHANGED} of them with another cost each time; parse, diff, store and broadcast, "
              f"one after the other; {self.options.rounds} rounds, {os.cpu_count()} processors; medians.")
