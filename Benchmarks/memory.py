"""Memory of the server, and the time from its start to its first reply."""

import os
import time

import packets
from generator import load, warm
from report import Measured, show
import servers

LINES = {"start": "start to first reply", "idle": "idle", "sessions": "users and open sessions", "growth": "growth under load"}
OPEN_SESSIONS = 50_000


class Memory:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.lines = [line for line in LINES if line in bench.options.lines]
        self.number = 0

    def prepare(self):
        databases = self.bench.databases("radian_benchmark_memory")
        for database in databases:
            database.load(self.options.users)
        return [(Measured(line, LINES[line], "Radian", database.label),
                 lambda line=line, database=database: getattr(self, line)(database))
                for database in reversed(databases) for line in self.lines]

    def serve(self, database):
        """A server of its own for each measurement."""
        self.number += 1
        bench = self.bench
        server = servers.radian(bench.radian, database, os.path.join(bench.directory, f"memory-{self.number}"), bench.server_cores, True)
        bench.started.append(server)
        return server

    def start(self, database):
        """From the start of the program until a user of the database is accepted; asked again every few milliseconds."""
        begin = time.monotonic()
        server = self.serve(database)
        client, reply = packets.Client(server.auth_port), None
        while reply is None:
            reply, _ = client.exchange(lambda identifier: packets.login(identifier, "user000000", "pass000000"), 0.005)
            if time.monotonic() - begin > 30:
                raise SystemExit(f"no reply after the start\n{server.last_words()}")
        seconds = time.monotonic() - begin
        if reply[0] != packets.ACCESS_ACCEPT:
            raise SystemExit("the first reply is no Access-Accept")
        server.stop()
        return {"value": seconds}

    def idle(self, database):
        server = self.serve(database)
        server.wait_until_ready(self.bench.radian)
        time.sleep(3)
        resident, _ = server.memory()
        server.stop()
        return {"value": resident / 1e6}

    def sessions(self, database):
        """Every user logs in, and sessions begin; the most memory that it took."""
        database.clear_log()
        server = self.serve(database)
        server.wait_until_ready(self.bench.radian)
        warm(self.bench, server)
        client = packets.Client(server.acct_port)
        client.exchange_all([lambda identifier, number=number: packets.request(
            packets.ACCOUNTING_REQUEST, identifier,
            packets.attribute(40, 1) + packets.attribute(packets.SESSION, f"benchmark-{number:08d}")
            + packets.attribute(packets.USER_NAME, f"user{number % self.options.users:06d}") + packets.attribute(packets.NAS_PORT, number)
            + packets.station(number)) for number in range(OPEN_SESSIONS)])
        client.close()
        if (found := database.count("radacct", "acctstoptime IS NULL")) != OPEN_SESSIONS:
            raise SystemExit(f"{found} of {OPEN_SESSIONS} sessions are open")
        # Jobs that look at open sessions have their turn, too.
        time.sleep(5)
        _, most = server.memory()
        server.stop()
        return {"value": most / 1e6}

    def growth(self, database):
        """Logins and accounting in turn; memory after the first fifth and at the end."""
        database.clear_log()
        server = self.serve(database)
        server.wait_until_ready(self.bench.radian)
        warm(self.bench, server)
        resident = []
        for _ in range(5):
            for kind, share in (("pap", 0.5), ("acct", 0.5)):
                count = int(self.options.packets * share / 5)
                load(self.bench, server, kind, "--count", count, "--window", self.options.window, timeout=60 + count / 100)
            resident.append(server.memory()[0])
            database.clear_log()
        server.stop()
        return {"value": (resident[-1] - resident[0]) / 1e6, "resident": resident, "packets": self.options.packets}

    def report(self, all_measured, thresholds):
        units = {"start": "s", "idle": "MB", "sessions": "MB at most", "growth": f"MB more in {self.options.packets * 4 // 5} packets"}
        show(["work", "server", "database", "median", "worst", "unit"], [[
            m.work, m.server, m.database, f"{m.median('value'):.2f}", f"{max(r['value'] for r in m.rounds):.2f}", units[m.line],
        ] for m in all_measured], 3)
        for m in all_measured:
            thresholds.most(f"{m.work} on {m.database}", m.median("value"), thresholds.values["memory"][m.line], units[m.line])
        print(f"\nMemory: {self.options.rounds} rounds, {self.options.users} users, {OPEN_SESSIONS} open sessions, servers of their own "
              "for each; users are logged, and all had logged in once before growth is looked at.")
