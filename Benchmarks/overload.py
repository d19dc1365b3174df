"""More requests than the server can answer: what is answered all the same, and who waits for a database that stands still."""

import contextlib
import os
import signal
import time

import generator
import packets
from report import Measured, show
import servers
import supplicant

LINES = {"overload": "five times the capacity", "stopped": "PostgreSQL stands still"}
TIMES = 5
# Seconds after which the NAS of these lines gives a request up, and those after which who needs no database is to be answered.
PATIENCE = 3
AT_ONCE = 1
SUPPLICANTS = 8
# Processes and their threads, which share one processor: each has a bounded number of sockets, and a socket 256 requests under way.
GENERATORS, GENERATOR_THREADS = 3, 4


class Overload:
    # Server and generator share nothing, or the load would take the processor from the server.
    pinned = True

    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.lines = [line for line in LINES if line in bench.options.lines]

    def prepare(self):
        bench, cases = self.bench, []
        if not supplicant.installed():
            print("eapol_test is not installed here (Debian: eapoltest): overload is left out")
            return cases
        certificates = supplicant.Certificates(bench.radian, os.path.join(bench.directory, "certificates-overload"), "ec")
        self.network = supplicant.network(certificates, "peap", bench.directory)
        postgres, sqlite = bench.databases("radian_benchmark_overload")
        for database in (sqlite, postgres):
            database.load(self.options.users)
            server = servers.radian(
                bench.radian, database, os.path.join(bench.directory, f"overload-{database.label}"), bench.server_cores, True,
                certificates.environment())
            bench.started.append(server)
            server.wait_until_ready(bench.radian)
            generator.warm(bench, server)
            if "overload" in self.lines:
                cases.append((Measured("overload", LINES["overload"], "Radian", database.label), lambda server=server: self.overload(server)))
        if "stopped" in self.lines:
            server = servers.radian(
                bench.radian, postgres, os.path.join(bench.directory, "stopped"), bench.server_cores, True,
                configuration=self.configuration())
            bench.started.append(server)
            server.wait_until_ready(bench.radian)
            cases.append((Measured("stopped", LINES["stopped"], "Radian", "PostgreSQL"), lambda: self.stopped(server)))
        return cases

    def configuration(self):
        """With a user in a file."""
        users = os.path.join(self.bench.directory, "users")
        with open(users, "w") as file:
            file.write('local Cleartext-Password := "local-password"\n')
        with open(servers.CONFIGURATION) as file:
            text = file.read()
        path = os.path.join(self.bench.directory, "with-file.yaml")
        with open(path, "w") as file:
            file.write(text.replace("\nback_ends: []\n", f"\nback_ends:\n  - {{name: local, type: file, users: first, path: {users}}}\n"))
        return path

    def overload(self, server):
        server.database.clear_log()
        capacity = generator.load(self.bench, server, "pap", "--window", 512, "--duration", self.options.seconds)["requests_per_second"]
        server.database.clear_log()
        rate, seconds = int(TIMES * capacity), max(self.options.seconds, 15)
        sockets = min(220, int(1.2 * rate * PATIENCE / 256 / GENERATORS / GENERATOR_THREADS) + 1)
        floods = [generator.start(self.bench, server, "pap", "--rate", rate // GENERATORS, "--duration", seconds, "--timeout", PATIENCE,
                                  "--threads", GENERATOR_THREADS, "--sockets", sockets) for _ in range(GENERATORS)]
        time.sleep(1.5)
        begun = finished = 0
        runs = [supplicant.start(self.network, server.auth_port, f"02:00:00:00:01:{number:02x}", int(seconds - 3))
                for number in range(SUPPLICANTS)]
        for run in runs:
            output = run.communicate(timeout=seconds + 30)[0]
            begun += "code=11 (Access-Challenge)" in output
            finished += run.returncode == 0
        results = [generator.finish(flood, seconds + 60) for flood in floods]
        answered = sum(result["requests_per_second"] for result in results)
        return {"capacity": capacity, "goodput": answered / capacity, "requests_per_second": answered, "begun": begun, "finished": finished,
                "sent_per_second": sum(result["sent"] / result["seconds"] for result in results),
                # Of the generator that found the longest.
                "p99_seconds": max(result["latency_microseconds"]["p99"] for result in results) / 1e6}

    def stopped(self, server):
        """Who needs no database is answered while its processes are stopped and users of the database wait for them."""
        kinds = {"status": lambda identifier: packets.request(packets.STATUS_SERVER, identifier, b""),
                 "file": lambda identifier: packets.login(identifier, "local", "local-password")}
        clients = {kind: packets.Client(server.auth_port) for kind in kinds}
        waited = {kind: [] for kind in kinds}
        flood = generator.start(self.bench, server, "pap", "--rate", 500, "--duration", 8, "--timeout", 10, "--warm-up", 0)
        time.sleep(1)
        processes = server.database.processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        try:
            end = time.monotonic() + 5
            while time.monotonic() < end:
                for kind, make in kinds.items():
                    reply, seconds = clients[kind].exchange(make, AT_ONCE)
                    waited[kind].append(seconds if reply and reply[0] == packets.ACCESS_ACCEPT else float("inf"))
                time.sleep(0.05)
        finally:
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGCONT)
        after = generator.finish(flood, 60)
        shares = {kind: sum(seconds <= AT_ONCE for seconds in found) / len(found) for kind, found in waited.items()}
        return {"share": min(shares.values()), "late": after["timeouts"]} | shares

    def report(self, all_measured, thresholds):
        wanted = thresholds.values["overload"]
        flooded = [m for m in all_measured if m.line == "overload"]
        if flooded:
            show(["work", "server", "database", "capacity/s", "sent/s", "answered/s", "of capacity", "p99 s", "EAP begun", "finished"], [[
                m.work, m.server, m.database, f"{m.median('capacity'):.0f}", f"{m.median('sent_per_second'):.0f}",
                f"{m.median('requests_per_second'):.0f}", f"{m.median('goodput'):.0%}", f"{m.median('p99_seconds'):.2f}",
                str(sum(r["begun"] for r in m.rounds)), str(sum(r["finished"] for r in m.rounds)),
            ] for m in flooded], 3)
        for m in flooded:
            name = f"{m.work}, {m.database}"
            thresholds.least(name, m.median("goodput"), wanted["goodput"], "of the capacity answered")
            begun = sum(r["begun"] for r in m.rounds)
            if begun:
                thresholds.least(name, sum(r["finished"] for r in m.rounds) / begun, wanted["finished"], "of begun EAP finished")
            else:
                print(f"{name}: no supplicant got a first challenge, so none is judged")
            thresholds.most(name, m.median("p99_seconds"), wanted["p99_seconds"], "s, p99 of what is answered")
        for m in (m for m in all_measured if m.line == "stopped"):
            print(f"{m.work} for 5 s: {m.median('status'):.0%} of Status-Server and {m.median('file'):.0%} of the logins of a user in a file "
                  f"are answered within {AT_ONCE} s; {sum(r['late'] for r in m.rounds)} requests of users of the database are lost")
            for kind, name in (("status", "Status-Server"), ("file", "a user in a file")):
                thresholds.least(f"{m.work}, {name}", m.median(kind), wanted["answered_while_stopped"], "answered")
        print(f"\nOverload: {self.bench.conditions()}; the server and its database on one processor, the generator on the other; a request "
              f"counts when it is answered within {PATIENCE} s.")
