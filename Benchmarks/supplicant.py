"""Certificates, and supplicants (wpa_supplicant's eapol_test) that log in with EAP."""

import os
import ssl
import subprocess

from databases import SECRET

PROGRAM = "/usr/bin/eapol_test"
NAME = "radius.example.org"


def installed():
    return os.access(PROGRAM, os.X_OK)


class Certificates:
    """A CA, a server's certificate and a client's, made by `radian certificate`."""

    def __init__(self, radian, directory, kind):
        """`kind`: ec (P-256) or rsa (2048 bits), of all keys."""
        self.directory = directory
        for words in (["init", "--server-name", NAME, "--key", kind], ["client", "user000000"]):
            subprocess.run([radian, "certificate", *words, "--directory", directory], check=True, capture_output=True, timeout=60)

    def path(self, name):
        return os.path.join(self.directory, name)

    def environment(self):
        return {"RADIAN_EAP_CERTIFICATE": self.path("server.pem"), "RADIAN_EAP_PRIVATE_KEY": self.path("server.key"),
                "RADIAN_EAP_CA": self.path("ca.pem"), "RADIAN_EAP_CRL": self.path("crl.pem")}

    def client_hello(self):
        """The first TLS message of a client for TLS 1.2."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.load_verify_locations(self.path("ca.pem"))
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        try:
            context.wrap_bio(incoming, outgoing, server_hostname=NAME).do_handshake()
        except ssl.SSLWantReadError:
            pass
        return outgoing.read()


METHODS = {
    "tls": ["eap=TLS", 'identity="user000000"', 'client_cert="{clients}/user000000.pem"', 'private_key="{clients}/user000000.key"'],
    "peap": ["eap=PEAP", 'identity="user000000"', 'anonymous_identity="anonymous"', 'password="pass000000"', 'phase2="auth=MSCHAPV2"'],
    "ttls": ["eap=TTLS", 'identity="user000000"', 'anonymous_identity="anonymous"', 'password="pass000000"', 'phase2="auth=PAP"'],
}


def network(certificates, method, directory):
    """A file that tells the supplicant how to log in, by TLS 1.2."""
    path = os.path.join(directory, f"{method}-{os.path.basename(certificates.directory)}.conf")
    lines = ["network={", "key_mgmt=IEEE8021X", f'ca_cert="{certificates.path("ca.pem")}"', 'phase1="tls_disable_tlsv1_3=1"',
             *(line.format(clients=certificates.path("clients")) for line in METHODS[method]), "}"]
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")
    return path


def start(path, port, station, seconds, again=0, preexec=None):
    """Logs in once, and `again` times more in the same session, which can be resumed."""
    command = [PROGRAM, "-c", path, "-a", "127.0.0.1", "-p", str(port), "-s", SECRET, "-t", str(seconds), "-M", station]
    if again:
        command += ["-r", str(again)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=preexec)
