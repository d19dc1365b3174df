"""The servers under test, as processes on loopback ports of their own."""

import os
import socket
import subprocess
import time

from databases import GROUP_REPLIES, SECRET, children
from generator import load

HERE = os.path.dirname(os.path.abspath(__file__))
PEER = os.path.join(HERE, "peer")
CONFIGURATION = os.path.join(HERE, "..", "Config", "radian.yaml")
FREERADIUS = "/usr/sbin/freeradius"
FREERADIUS_LIBRARIES = "/usr/lib/freeradius"
FREERADIUS_QUERIES = "/etc/freeradius/3.0/mods-config/sql/main/postgresql/queries.conf"
TICKS = os.sysconf("SC_CLK_TCK")


def free_port(kind=socket.SOCK_DGRAM):
    """A port from 20000 on that nobody has, UDP or TCP."""
    free_port.next = getattr(free_port, "next", 20000 + os.getpid() % 10000)
    while True:
        free_port.next += 1
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", free_port.next))
                return free_port.next
            except OSError:
                continue


def cpu_seconds(processes):
    """User and system time that the processes have used, with their ended children."""
    total = 0
    for process in processes:
        try:
            with open(f"/proc/{process}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
    return total / TICKS


def thread_seconds(process):
    """User and system time of a process's threads to the nanosecond, where stat counts in hundredths of a second."""
    total = 0
    for thread in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


class Server:
    """A running process that answers RADIUS, HTTP or both. `database` is None for the echo."""

    def __init__(self, name, database, directory, command, cores, environment=None):
        self.name, self.database, self.log = name, database, os.path.join(directory, "output")
        os.makedirs(directory, exist_ok=True)
        pin = (lambda: os.sched_setaffinity(0, cores)) if cores else None
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=pin,
                env=os.environ | (environment or {}))

    def port(self, kind):
        return self.acct_port if kind == "acct" else self.auth_port

    def wait_until_ready(self, radian):
        """Until a user logs in, and gets the group's attributes where there is a database: proof that all servers do the same work."""
        command = [radian, "radius", "test", "user000000", "pass000000", "--server", f"127.0.0.1:{self.auth_port}", "--secret", SECRET]
        deadline = time.monotonic() + 30
        while True:
            attempt = subprocess.run(command, capture_output=True, text=True, timeout=30)
            if attempt.returncode == 0:
                missing = [name for name, _ in GROUP_REPLIES if self.database and name not in attempt.stdout]
                if missing:
                    raise SystemExit(f"{self.name} replies without {', '.join(missing)}\n{attempt.stdout}")
                return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{self.name} does not answer\n{attempt.stdout}{attempt.stderr}\n{self.last_words()}")
            time.sleep(0.1)

    def last_words(self):
        with open(self.log, errors="replace") as log:
            return log.read()[-4000:]

    def server_cpu(self):
        return cpu_seconds([self.process.pid] + children(self.process.pid))

    def memory(self):
        """Octets of memory now, and the most that it had (VmHWM)."""
        with open(f"/proc/{self.process.pid}/status") as file:
            lines = dict(line.split(":", 1) for line in file if line.startswith(("VmRSS", "VmHWM")))
        return tuple(int(lines[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))

    def database_cpu(self):
        return cpu_seconds(self.database.processes()) if self.database else 0

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def radian(program, database, directory, cores, logs, environment=None, configuration=CONFIGURATION):
    ports = free_port(), free_port(), free_port(socket.SOCK_STREAM)
    server = Server(
        "Radian with log" if logs else "Radian", database, directory, [program, "serve", "--config", configuration], cores,
        radian_environment(database) | {"RADIAN_RADIUS_AUTH_PORT": str(ports[0]), "RADIAN_RADIUS_ACCT_PORT": str(ports[1]),
                                        "RADIAN_HTTP_PORT": str(ports[2]), "RADIAN_LOG_AUTHENTICATIONS": "all" if logs else "none"}
        | (environment or {}))
    server.auth_port, server.acct_port, server.http_port = ports
    return server


def radian_environment(database):
    return {
        "RADIAN_DATABASE_URL": database.url,
        "RADIAN_RADIUS_LISTEN": "127.0.0.1",
        # Refusals are errors for the generator, too.
        "RADIAN_API_FREERADIUS_ALLOWED_HOSTS": "127.0.0.1",
        "RADIAN_API_AUTHORIZE_REJECT": "yes",
        "RADIAN_LOG_LEVEL": "warning",
        "RADIAN_DICTIONARY_PATH": os.path.join(HERE, "..", "Dictionaries"),
    }


def freeradius_installed():
    return os.access(FREERADIUS, os.X_OK) and os.access(FREERADIUS_QUERIES, os.R_OK)


def freeradius(database, directory, cores, threads, logs):
    """`logs`: writes radpostauth for each Access-Request, as Radian does."""
    name = "FreeRADIUS with log" if logs else "FreeRADIUS"
    return start_freeradius(name, "freeradius.conf.in", database, directory, cores, {"THREADS": threads, "POST_AUTH": "sql" if logs else ""})


def freeradius_eap(database, directory, cores, certificates, keeps_sessions):
    """With the certificates of Radian; sessions that can be resumed it keeps in files."""
    os.makedirs(os.path.join(directory, "sessions"), exist_ok=True)
    return start_freeradius("FreeRADIUS", "freeradius-eap.conf.in", database, directory, cores, {
        "CERTIFICATES": certificates.directory, "KEEPS_SESSIONS": "yes" if keeps_sessions else "no"})


def start_freeradius(name, template, database, directory, cores, values):
    os.makedirs(directory, exist_ok=True)
    ports = free_port(), free_port()
    values = values | {
        "LIBDIR": FREERADIUS_LIBRARIES, "QUERIES": FREERADIUS_QUERIES, "SECRET": SECRET, "DIRECTORY": directory,
        "DATABASE_PORT": database.port, "DATABASE_NAME": database.name, "DATABASE_USER": database.user,
        "AUTH_PORT": ports[0], "ACCT_PORT": ports[1],
    }
    with open(os.path.join(HERE, template)) as file:
        text = file.read()
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    with open(os.path.join(directory, "radiusd.conf"), "w") as file:
        file.write(text)
    with open(os.path.join(directory, "dictionary"), "w") as file:
        file.write("$INCLUDE /usr/share/freeradius/dictionary\n")
    server = Server(name, database, directory, [FREERADIUS, "-f", "-l", "stdout", "-d", directory], cores)
    server.auth_port, server.acct_port = ports
    return server


def best_threads(bench, database, line):
    """The number of FreeRADIUS's threads that answers most; more than a few make it slower."""
    rates = {}
    for threads in bench.options.freeradius_threads:
        server = freeradius(database, os.path.join(bench.directory, f"sweep-{line}-{threads}"), bench.server_cores, threads, False)
        try:
            server.wait_until_ready(bench.radian)
            database.clear_log()
            rates[threads] = load(bench, server, line, "--window", bench.options.window, "--duration", 2)["requests_per_second"]
        finally:
            server.stop()
    print(f"FreeRADIUS, {line}, requests/s by threads: " + ", ".join(f"{n}: {rate:.0f}" for n, rate in rates.items()))
    return max(rates, key=rates.get)


def echo(program, directory, cores):
    port = free_port()
    server = Server(
        "UDP echo", None, directory, [program, "radius", "echo", "--listen", f"127.0.0.1:{port}", "--secret", SECRET], cores)
    server.auth_port = server.acct_port = port
    return server


def peer(program, database, directory, cores, threads):
    """Django under gunicorn, one worker for each core. One thread: its worker without keep-alive, the default; more: the threaded one."""
    port = free_port(socket.SOCK_STREAM)
    workers = len(cores) if cores else os.cpu_count()
    kind = ["--worker-class", "gthread", "--threads", str(threads), "--keep-alive", "60"] if threads > 1 else ["--worker-class", "sync"]
    command = [program, "-m", "gunicorn", "wsgi:application", "--chdir", PEER, "--bind", f"127.0.0.1:{port}", "--workers", str(workers),
               *kind, "--backlog", "2048", "--log-level", "warning"]
    server = Server("Django", database, directory, command, cores, {"PEER_DATABASE_URL": database.url})
    server.http_port = port
    return server
