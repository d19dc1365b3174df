"""Latency at rates below the maximum: requests go out at equal intervals, and each latency counts from when its request was due."""

import os
from statistics import median

from generator import load, warm
from report import Measured, show
import servers

LINES = {"latency": "PAP"}


class Latency:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.maximum = {}

    def prepare(self):
        bench = self.bench
        postgres, sqlite = bench.databases("radian_benchmark_latency")
        running = []
        for database in (sqlite, postgres):
            database.load(self.options.users)
            running.append(servers.radian(
                bench.radian, database, os.path.join(bench.directory, f"latency-{database.label}"), bench.server_cores, True))
        peer = None
        if servers.freeradius_installed():
            threads = servers.best_threads(bench, postgres, "pap")
            peer = servers.freeradius(postgres, os.path.join(bench.directory, "latency-freeradius"), bench.server_cores, threads, True)
            running.append(peer)
        bench.started += running
        for server in running:
            server.wait_until_ready(bench.radian)
            if server is not peer:
                warm(bench, server)
            server.database.clear_log()
            rates = [self.closed(server)["requests_per_second"] for _ in range(2)]
            self.maximum[server] = max(rates)
        return [case for server in running for case in self.cases(server, peer)]

    def cases(self, server, peer):
        def case(place, run):
            return Measured(place, f"PAP, {place}", server.name, server.database.label), run
        found = [case("half of own maximum", lambda: self.open(server, self.maximum[server] / 2))]
        if server is peer:
            found.append(case("FreeRADIUS's maximum", lambda: self.closed(server)))
        elif peer:
            found.append(case("FreeRADIUS's maximum", lambda: self.open(server, self.maximum[peer])))
        return found

    def closed(self, server):
        server.database.clear_log()
        return load(self.bench, server, "pap", "--window", self.options.window, "--duration", self.options.seconds)

    def open(self, server, rate):
        server.database.clear_log()
        return load(self.bench, server, "pap", "--rate", int(rate), "--duration", self.options.seconds)

    def report(self, all_measured, thresholds):
        def milliseconds(m, quantile):
            return m.median("latency_microseconds", quantile) / 1000
        show(["work", "server", "database", "requests/s", "p50 ms", "p99 ms", "p99.9 ms", "not answered"], [[
            m.work, m.server, m.database, f"{m.median('requests_per_second'):.0f}", f"{milliseconds(m, 'p50'):.2f}",
            f"{milliseconds(m, 'p99'):.2f}", f"{milliseconds(m, 'p999'):.2f}", str(sum(r["timeouts"] + r["unsent"] for r in m.rounds)),
        ] for m in all_measured], 3)
        print()
        theirs = {m.line: m for m in all_measured if m.server.startswith("FreeRADIUS")}
        for ours in (m for m in all_measured if m.server.startswith("Radian") and m.line in theirs):
            other = theirs[ours.line]
            ratio = median(a["latency_microseconds"]["p99"] / b["latency_microseconds"]["p99"] for a, b in zip(ours.rounds, other.rounds))
            name = f"p99 at {ours.line}: {ours.server} on {ours.database}"
            print(f"{name} takes {ratio:.2f} of the time that {other.server} takes")
            thresholds.most(name, ratio, thresholds.values["of_the_peers_p99"].get(ours.line), "of FreeRADIUS's p99")
        print(f"\nLatency: {self.bench.conditions()}; at FreeRADIUS's maximum it has {self.options.window} requests under way, as more would "
              "only wait; all other lines send at equal intervals, latency from when a request was due.")
