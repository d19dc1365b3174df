"""EAP: CPU time of the server for each authentication, beside FreeRADIUS with the same certificates; and many open conversations."""

import json
import os
import subprocess
import sys
from statistics import median

import packets
from report import Measured, show
import servers
import supplicant

LINES = {"eap-tls": ("EAP-TLS", "tls"), "peap": ("PEAP-MSCHAPv2", "peap"), "ttls": ("TTLS-PAP", "ttls"), "eap-open": ("open conversations", None)}
KEYS = {"ec": "P-256", "rsa": "RSA-2048"}
# At a time.
PEERS = 16


class EAP:
    def __init__(self, bench):
        self.bench, self.options = bench, bench.options
        self.lines = [line for line in LINES if line in bench.options.lines]

    def prepare(self):
        bench, cases = self.bench, []
        postgres, _ = bench.databases("radian_benchmark_eap")
        postgres.load(1000)
        for key, text in KEYS.items():
            certificates = supplicant.Certificates(bench.radian, os.path.join(bench.directory, f"certificates-{key}"), key)
            place = os.path.join(bench.directory, f"eap-{key}")
            radian = servers.radian(bench.radian, postgres, place, bench.server_cores, False, certificates.environment())
            # By whether sessions can be resumed: FreeRADIUS writes each of them to a file.
            running = {False: [radian], True: [radian]}
            if servers.freeradius_installed():
                for resumed in running:
                    directory = f"{place}-freeradius{'-sessions' if resumed else ''}"
                    peer = servers.freeradius_eap(postgres, directory, bench.server_cores, certificates, resumed)
                    running[resumed].append(peer)
            for server in {server for group in running.values() for server in group}:
                bench.started.append(server)
                server.wait_until_ready(bench.radian)
            for line in self.lines:
                work, method = LINES[line]
                if method is None:
                    continue
                for resumed, group in running.items():
                    for server in group:
                        measured = Measured(line, f"{work}, {text}{', resumed' if resumed else ''}", server.name, server.database.label)
                        run = lambda server=server, certificates=certificates, method=method, resumed=resumed: self.cpu(  # noqa: E731
                            server, certificates, method, resumed)
                        cases.append((measured, run))
            if "eap-open" in self.lines:
                server = servers.radian(
                    bench.radian, postgres, place + "-open", bench.server_cores, False, certificates.environment() | {"RADIAN_EAP_METHODS": "TLS"})
                bench.started.append(server)
                server.wait_until_ready(bench.radian)
                measured = Measured("eap-open", f"EAP-TLS, {text}, open", "Radian", server.database.label)
                cases.append((measured, lambda server=server, certificates=certificates: self.open(server, certificates)))
        return cases

    def cpu(self, server, certificates, method, again):
        """Peers that log in over and over; `again`: they come back to their session."""
        command = [sys.executable, os.path.join(os.path.dirname(__file__), "peers.py"), str(server.auth_port), str(server.process.pid),
                   certificates.directory, method, "again" if again else "anew", str(PEERS), str(self.options.seconds)]
        run = subprocess.run(command, preexec_fn=self.bench.pin_generator, capture_output=True, text=True)
        if run.returncode != 0:
            raise SystemExit(f"{server.name}: {run.stderr[-2000:]}\n{server.last_words()}")
        found = json.loads(run.stdout)
        if found["resumed"] != (found["logins"] if again else 0):
            raise SystemExit(f"{server.name} resumes {found['resumed']} of {found['logins']} sessions")
        return found

    def open(self, server, certificates):
        """Begins EAP-TLS conversations and leaves each at the server's first flight, until the next packet would be the device's."""
        client, hello, before = packets.Client(server.auth_port), certificates.client_hello(), server.memory()
        begun = [self.challenge(client, number, b"\x02\x01\x00\x0f\x01user000000", b"") for number in range(self.options.conversations)]
        started = server.memory()
        for number, (state, start) in enumerate(begun):
            message = bytes([2, start[1]]) + (len(hello) + 6).to_bytes(2, "big") + b"\x0d\x00" + hello
            if self.challenge(client, number, message, state)[1][4] != 13:
                raise SystemExit("the server does not answer the ClientHello")
        client.close()
        return {"conversations": self.options.conversations, "megabytes_before": before[0] / 1e6, "megabytes_started": started[1] / 1e6,
                "peak_megabytes": server.memory()[1] / 1e6}

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
            show(["work", "server", "logins/s", "CPU µs/login"], [[
                m.work, m.server, f"{m.median('per_second'):.0f}", f"{m.median('cpu_us'):.0f}"] for m in cpu], 2)
            print()
        theirs = {m.work: m for m in cpu if m.server.startswith("FreeRADIUS")}
        for ours in (m for m in cpu if m.server == "Radian" and m.work in theirs):
            share = share_of(ours, theirs[ours.work.removesuffix(", resumed")])
            beside = f", {share_of(ours, theirs[ours.work]):.2f} of that for a resumed one" if ours.work.endswith(", resumed") else ""
            print(f"{ours.work}: Radian takes {share:.2f} of FreeRADIUS's CPU time for a full login{beside}")
            most = thresholds.values["of_the_peers_eap_cpu"]["resumed" if beside else "full"]
            thresholds.most(ours.work, share, most, "of FreeRADIUS's CPU time")
        for m in (m for m in all_measured if m.line == "eap-open"):
            peak = max(r["peak_megabytes"] for r in m.rounds)
            print(f"{m.work}: {m.rounds[0]['conversations']} conversations take {peak:.0f} MB at the server's certificate, "
                  f"{m.rounds[0]['megabytes_started']:.0f} at the server's Start, {m.rounds[0]['megabytes_before']:.0f} before")
            thresholds.most(m.work, peak, thresholds.values["peak_megabytes"]["eap-open"], "MB of memory")
        print(f"\nEAP: {self.options.rounds} interleaved rounds of {self.options.seconds} s, {PEERS} peers at a time, TLS 1.2; medians; "
              "FreeRADIUS keeps sessions only where they are resumed.")


def share_of(ours, theirs):
    return median(a["cpu_us"] / b["cpu_us"] for a, b in zip(ours.rounds, theirs.rounds))
