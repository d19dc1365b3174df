"""EAP: CPU time of the server for each authentication, beside FreeRADIUS with the same certificates; and many open conversations."""

import os
from statistics import median

import packets
from report import Measured, show
import servers
import supplicant

LINES = {"eap-tls": ("EAP-TLS", "tls"), "peap": ("PEAP-MSCHAPv2", "peap"), "ttls": ("TTLS-PAP", "ttls"), "eap-open": ("open conversations", None)}
KEYS = {"ec": "P-256", "rsa": "RSA-2048"}
# At a time, and how often each comes back to its session.
SUPPLICANTS = 16
RETURNS = 10


class EAP:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.lines = [line for line in LINES if line in bench.options.lines]

    def prepare(self):
        bench, cases = self.bench, []
        if not supplicant.installed():
            print("eapol_test is not installed here (Debian: eapoltest): EAP is left out")
            return cases
        postgres, _ = bench.databases("radian_benchmark_eap")
        postgres.load(1000)
        for key, text in KEYS.items():
            certificates = supplicant.Certificates(bench.radian, os.path.join(bench.directory, f"certificates-{key}"), key)
            place = os.path.join(bench.directory, f"eap-{key}")
            radian = servers.radian(bench.radian, postgres, place, bench.server_cores, False, certificates.environment())
            running = [radian]
            if servers.freeradius_installed():
                running.append(servers.freeradius_eap(postgres, place + "-freeradius", bench.server_cores, certificates))
            bench.started += running
            for server in running:
                server.wait_until_ready(bench.radian)
            for line in self.lines:
                work, method = LINES[line]
                if method is None:
                    continue
                path = supplicant.network(certificates, method, bench.directory)
                for server in running:
                    for resumed in (False, True):
                        measured = Measured(line, f"{work}, {text}{', resumed' if resumed else ''}", server.name, server.database.label)
                        run = self.resumed if resumed else self.full
                        cases.append((measured, lambda run=run, server=server, path=path: run(server, path)))
            if "eap-open" in self.lines:
                server = servers.radian(
                    bench.radian, postgres, place + "-open", bench.server_cores, False, certificates.environment() | {"RADIAN_EAP_METHODS": "TLS"})
                bench.started.append(server)
                server.wait_until_ready(bench.radian)
                measured = Measured("eap-open", f"EAP-TLS, {text}, open", "Radian", server.database.label)
                cases.append((measured, lambda server=server, certificates=certificates: self.open(server, certificates)))
        return cases

    def full(self, server, path):
        """Each by a supplicant of its own, so that none can be resumed."""
        waves = 4
        before = servers.thread_seconds(server.process.pid)
        for _ in range(waves):
            self.log_in(server, path)
        return {"cpu_us": (servers.thread_seconds(server.process.pid) - before) / waves / SUPPLICANTS * 1e6}

    def resumed(self, server, path):
        """What supplicants cost who come back, without their first authentications."""
        before = servers.thread_seconds(server.process.pid)
        self.log_in(server, path)
        between = servers.thread_seconds(server.process.pid)
        found = self.log_in(server, path, RETURNS)
        after = servers.thread_seconds(server.process.pid)
        if found != SUPPLICANTS * RETURNS:
            raise SystemExit(f"{server.name} resumes {found} of {SUPPLICANTS * RETURNS} sessions\n{server.last_words()}")
        return {"cpu_us": ((after - between) - (between - before)) / SUPPLICANTS / RETURNS * 1e6}

    def log_in(self, server, path, again=0):
        """All supplicants at once; how many sessions were resumed."""
        runs = [supplicant.start(path, server.auth_port, f"02:00:00:00:00:{number:02x}", 60, again, self.bench.pin_generator)
                for number in range(SUPPLICANTS)]
        resumed = 0
        for run in runs:
            output = run.communicate(timeout=90)[0]
            if run.returncode != 0:
                raise SystemExit(f"{server.name} refuses EAP\n{output[-2000:]}\n{server.last_words()}")
            resumed += output.count("Handshake finished - resumed=1")
        return resumed

    def open(self, server, certificates):
        """Begins EAP-TLS conversations and leaves each at the server's first flight, until the next packet would be the device's."""
        client, hello, before = packets.Client(server.auth_port), certificates.client_hello(), server.memory()
        for number in range(self.options.conversations):
            state = self.challenge(client, number, b"\x02\x01\x00\x0f\x01user000000", b"")
            identifier = state[1][1]
            message = bytes([2, identifier]) + (len(hello) + 6).to_bytes(2, "big") + b"\x0d\x00" + hello
            if self.challenge(client, number, message, state[0])[1][4] != 13:
                raise SystemExit("the server does not answer the ClientHello")
        client.close()
        return {"conversations": self.options.conversations, "megabytes_before": before[0] / 1e6, "peak_megabytes": server.memory()[1] / 1e6}

    def challenge(self, client, number, message, state):
        """State and EAP message of the challenge that answers an EAP message."""
        attributes = packets.attribute(packets.USER_NAME, "user000000") + packets.station(number)
        attributes += (packets.attribute(packets.STATE, state) if state else b"") + packets.eap(message)
        reply, _ = client.exchange(lambda identifier: packets.request(packets.ACCESS_REQUEST, identifier, attributes))
        if reply is None or reply[0] != 11:
            raise SystemExit(f"conversation {number} is not challenged: {reply}")
        return packets.values(reply, packets.STATE)[0], b"".join(packets.values(reply, packets.EAP_MESSAGE))

    def report(self, all_measured, thresholds):
        cpu = [m for m in all_measured if m.line != "eap-open"]
        if cpu:
            show(["work", "server", "CPU µs/authentication"], [[m.work, m.server, f"{m.median('cpu_us'):.0f}"] for m in cpu], 2)
            print()
        theirs = {m.work: m for m in cpu if m.server.startswith("FreeRADIUS")}
        for ours in (m for m in cpu if m.server == "Radian" and m.work in theirs):
            share = median(a["cpu_us"] / b["cpu_us"] for a, b in zip(ours.rounds, theirs[ours.work].rounds))
            print(f"{ours.work}: Radian takes {share:.2f} of FreeRADIUS's CPU time")
            most = thresholds.values["of_the_peers_eap_cpu"]["resumed" if ours.work.endswith("resumed") else "full"]
            thresholds.most(ours.work, share, most, "of FreeRADIUS's CPU time")
        for m in (m for m in all_measured if m.line == "eap-open"):
            peak = max(r["peak_megabytes"] for r in m.rounds)
            print(f"{m.work}: {m.rounds[0]['conversations']} conversations take {peak:.0f} MB, {m.rounds[0]['megabytes_before']:.0f} before")
            thresholds.most(m.work, peak, thresholds.values["peak_megabytes"]["eap-open"], "MB of memory")
        print(f"\nEAP: {self.options.rounds} interleaved rounds, {SUPPLICANTS} supplicants (eapol_test) at a time, TLS 1.2; medians.")
