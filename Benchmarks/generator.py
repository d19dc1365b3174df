"""Runs of `radian radius load` against a server."""

import json
import subprocess

from databases import SECRET


def start(bench, server, kind, *arguments):
    users = () if "--users" in arguments else ("--users", bench.options.users)
    command = [bench.radian, "radius", "load", "--server", f"127.0.0.1:{server.port(kind)}", "--secret", SECRET, "--kind", kind,
               *users, *arguments, "--json"]
    return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            preexec_fn=bench.pin_generator)


def finish(run, timeout):
    """What the generator found; requests without an answer are for the caller to judge."""
    try:
        output, errors = run.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        run.kill()
        raise
    if run.returncode != 0:
        raise SystemExit(f"{' '.join(run.args)}\n{errors or output}")
    result = json.loads(output)
    wrong = {key: result[key] for key in ("rejects", "challenges", "bad_authenticators", "unexpected") if result[key]}
    if wrong:
        raise SystemExit(f"{' '.join(run.args)}\nwrong replies, the figures would mean nothing: {wrong}")
    return result


def load(bench, server, kind, *arguments, timeout=None):
    """A whole run, with the CPU time that server and database spent on each of its requests."""
    before = server.server_cpu(), server.database_cpu()
    result = finish(start(bench, server, kind, *arguments), timeout or bench.options.seconds + 60)
    after = server.server_cpu(), server.database_cpu()
    replies = max(1, result["sent"] - result["timeouts"] + result["warm_up_replies"])
    result["server_cpu_us"] = (after[0] - before[0]) / replies * 1e6
    result["database_cpu_us"] = (after[1] - before[1]) / replies * 1e6
    return result


def warm(bench, server):
    """Every user logs in once, so that memory of whatever kind is filled before anything is measured."""
    count = bench.options.users
    return load(bench, server, "pap", "--in-order", "--count", count, "--warm-up", 0, "--window", bench.options.window,
                timeout=60 + count / 100)
