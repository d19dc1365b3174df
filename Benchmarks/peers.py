"""EAP peers that log in one after the other, as fast as a server answers: EAP-TLS, PEAP-MSCHAPv2 and TTLS-PAP with TLS 1.2.

eapol_test needs more of a processor for a login than any server, so that a server beside it is never warm. Started by eap.py as a process."""

import ctypes
import ctypes.util
import hashlib
import json
import os
import select
import ssl
import sys
import time

import packets
import servers
from supplicant import NAME

IDENTITY, NAK, TLS, TTLS, PEAP, MSCHAPV2, EXTENSIONS = 1, 3, 13, 21, 25, 26, 33
START, MORE, LENGTH = 0x20, 0x40, 0x80
FRAGMENT = 1000
METHODS = {"tls": TLS, "ttls": TTLS, "peap": PEAP}
USER, PASSWORD = b"user000000", b"pass000000"


class MSCHAP:
    """The peer's side of RFC 2759 §8.1."""
    crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))

    def __init__(self, password):
        hashed = ctypes.create_string_buffer(16)
        text = password.decode().encode("utf-16-le")
        self.crypto.MD4(text, len(text), hashed)
        self.hash = hashed.raw + bytes(5)

    def encrypt(self, block, key):
        bits = int.from_bytes(key, "big")
        schedule, output = ctypes.create_string_buffer(128), ctypes.create_string_buffer(8)
        self.crypto.DES_set_key_unchecked(bytes((bits >> 49 - 7 * index & 127) << 1 for index in range(8)), schedule)
        self.crypto.DES_ecb_encrypt(block, output, schedule, 1)
        return output.raw

    def response(self, challenge, user):
        peer = os.urandom(16)
        block = hashlib.sha1(peer + challenge + user).digest()[:8]
        return peer + bytes(8) + b"".join(self.encrypt(block, self.hash[at:at + 7]) for at in (0, 7, 14)) + b"\0"


class Peer:
    """One device. It comes back to its TLS session when `session` is kept."""

    def __init__(self, context, method):
        self.context, self.method, self.session = context, METHODS[method], None
        self.name = USER if self.method == TLS else b"anonymous"
        self.mschap = MSCHAP(PASSWORD)

    def answers(self, request):
        """A generator of EAP packets; what the server says to each is sent in."""
        request = yield bytes([IDENTITY]) + self.name
        while request[4] != self.method:
            request = yield bytes([NAK, self.method])
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = self.context.wrap_bio(incoming, outgoing, server_hostname=NAME, session=self.session)
        is_open = has_spoken = False
        while True:
            flags, data = request[5], request[10:] if request[5] & LENGTH else request[6:]
            incoming.write(data)
            if flags & MORE:
                request = yield bytes([self.method, 0])
                continue
            heard = b""
            try:
                if is_open:
                    heard = tls.read(4096)
                else:
                    tls.do_handshake()
                    is_open, self.session, self.is_resumed = True, tls.session, tls.session_reused
                    has_spoken = tls.session_reused
            except ssl.SSLWantReadError:
                # Whoever is resumed and asked all the same goes on as others do.
                has_spoken = False if is_open else has_spoken
            if heard:
                tls.write(self.inner(heard))
            elif is_open and self.method == TTLS and not has_spoken:
                has_spoken = True
                tls.write(self.pap())
            message = outgoing.read()
            head = bytes([self.method, LENGTH | MORE]) + len(message).to_bytes(4, "big")
            while len(message) > FRAGMENT:
                yield head + message[:FRAGMENT]
                head, message = bytes([self.method, MORE]), message[FRAGMENT:]
            request = yield bytes([self.method, 0]) + message

    def pap(self):
        """AVPs of RFC 5281 §11.2.5."""
        def avp(code, value):
            return code.to_bytes(4, "big") + b"\x40" + (8 + len(value)).to_bytes(3, "big") + value.ljust(-(-len(value) // 4) * 4, b"\0")
        return avp(packets.USER_NAME, USER) + avp(packets.USER_PASSWORD, PASSWORD.ljust(16, b"\0"))

    def inner(self, heard):
        """PEAP version 0: EAP within the tunnel. Answers but extensions leave their header out; servers do so or not."""
        has_header = len(heard) > 4 and heard[0] == 1 and int.from_bytes(heard[2:4], "big") == len(heard)
        body = heard[4:] if has_header else heard
        if body[0] == EXTENSIONS:
            # Result TLV: success. Crypto-Binding is the server's offer.
            return b"\x02" + heard[1:2] + bytes.fromhex("000b21800300020001")
        if body[0] == IDENTITY:
            return bytes([IDENTITY]) + USER
        if body[0] != MSCHAPV2:
            return bytes([NAK, MSCHAPV2])
        if body[1] == 1:
            value = self.mschap.response(body[6:22], USER)
            return bytes([MSCHAPV2, 2, body[2]]) + (5 + len(value + USER)).to_bytes(2, "big") + bytes([len(value)]) + value + USER
        return bytes([MSCHAPV2, body[1]])


class Device:
    """A peer behind a source port of its own, and the NAS that speaks for it."""

    def __init__(self, port, number, make):
        self.client, self.number, self.make = packets.Client(port), number, make
        self.peer = make()

    def begin(self, again):
        session = self.peer.session
        if not again:
            self.peer = self.make()
        self.peer.session = session if again else None
        self.conversation, self.state = self.peer.answers(None), None
        self.say(next(self.conversation), 0)

    def say(self, answer, identifier):
        message = bytes([2, identifier]) + (4 + len(answer)).to_bytes(2, "big") + answer
        attributes = packets.attribute(packets.USER_NAME, self.peer.name) + packets.station(self.number) + packets.attribute(12, 1400)
        attributes += packets.attribute(packets.STATE, self.state) if self.state else b""
        self.packet = packets.request(packets.ACCESS_REQUEST, self.client.next(), attributes + packets.eap(message))
        self.client.socket.send(self.packet)

    def hear(self):
        """Whether this ended a login. A refusal ends the run."""
        reply = self.client.socket.recv(4096)
        if reply[1] != self.client.identifier:
            return False
        message = b"".join(packets.values(reply, packets.EAP_MESSAGE))
        if reply[0] == packets.ACCESS_ACCEPT:
            return True
        if reply[0] != 11:
            raise SystemExit(f"a peer is refused: {reply.hex()}")
        self.state = packets.values(reply, packets.STATE)[0]
        self.say(self.conversation.send(message), message[1])
        return False


def run(port, process, certificates, method, again, count, seconds):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(os.path.join(certificates, "ca.pem"))
    if method == "tls":
        clients = os.path.join(certificates, "clients")
        context.load_cert_chain(os.path.join(clients, "user000000.pem"), os.path.join(clients, "user000000.key"))
    devices = [Device(port, number, lambda: Peer(context, method)) for number in range(count)]
    by_socket = {device.client.socket.fileno(): device for device in devices}
    poll = select.epoll()
    for descriptor, device in by_socket.items():
        poll.register(descriptor, select.EPOLLIN)
        device.begin(False)
    done = resumed = 0
    begin, from_cpu = time.monotonic() + 1, None
    while time.monotonic() < begin + seconds:
        if from_cpu is None and time.monotonic() >= begin:
            done, resumed, begin, from_cpu = 0, 0, time.monotonic(), servers.thread_seconds(process)
        ready = poll.poll(2)
        if not ready:
            raise SystemExit("no answer to a peer for two seconds")
        for descriptor, _ in ready:
            device = by_socket[descriptor]
            if device.hear():
                done += 1
                resumed += device.peer.is_resumed
                device.begin(again)
    elapsed = time.monotonic() - begin
    cpu = servers.thread_seconds(process) - from_cpu
    print(json.dumps({"logins": done, "resumed": resumed, "per_second": done / elapsed, "cpu_us": cpu / max(1, done) * 1e6}))


if __name__ == "__main__":
    port, process, certificates, method, again, count, seconds = sys.argv[1:]
    run(int(port), int(process), certificates, method, again == "again", int(count), float(seconds))
