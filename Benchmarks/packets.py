"""RADIUS packets by hand, for what the load generator does not send."""

import hashlib
import hmac
import os
import select
import socket
import struct
import time

from databases import SECRET

ACCESS_REQUEST, ACCESS_ACCEPT, ACCOUNTING_REQUEST, STATUS_SERVER = 1, 2, 4, 12
USER_NAME, USER_PASSWORD, NAS_PORT, STATE, CALLING_STATION, SESSION, EAP_MESSAGE = 1, 2, 5, 24, 31, 44, 79


def attribute(kind, value):
    value = struct.pack(">I", value) if isinstance(value, int) else value.encode() if isinstance(value, str) else value
    return bytes([kind, len(value) + 2]) + value


def eap(message):
    """EAP-Message attributes of one EAP packet."""
    return b"".join(attribute(EAP_MESSAGE, message[at:at + 253]) for at in range(0, len(message), 253))


def password(text, authenticator):
    """User-Password of up to 16 octets."""
    mask = hashlib.md5(SECRET.encode() + authenticator).digest()
    return attribute(USER_PASSWORD, bytes(a ^ b for a, b in zip(text.encode().ljust(16, b"\0"), mask)))


def station(number):
    return attribute(CALLING_STATION, f"02-00-{number >> 24 & 255:02X}-{number >> 16 & 255:02X}-{number >> 8 & 255:02X}-{number & 255:02X}")


def request(code, identifier, attributes, authenticator=None):
    """A packet signed as its code wants it."""
    nas = attribute(4, socket.inet_aton("127.0.0.1"))
    if code == ACCOUNTING_REQUEST:
        head = struct.pack(">BBH", code, identifier, 20 + len(nas + attributes))
        return head + hashlib.md5(head + bytes(16) + nas + attributes + SECRET.encode()).digest() + nas + attributes
    head = struct.pack(">BBH", code, identifier, 38 + len(nas + attributes)) + (authenticator or os.urandom(16))
    rest = nas + attributes
    signature = hmac.new(SECRET.encode(), head + attribute(80, bytes(16)) + rest, "md5").digest()
    return head + attribute(80, signature) + rest


def login(identifier, user, secret_word):
    authenticator = os.urandom(16)
    return request(ACCESS_REQUEST, identifier, attribute(USER_NAME, user) + password(secret_word, authenticator), authenticator)


def values(packet, kind):
    found, at = [], 20
    while at + 2 <= len(packet):
        if packet[at] == kind:
            found.append(packet[at + 2:at + packet[at + 1]])
        at += max(2, packet[at + 1])
    return found


class Client:
    """One source port. Replies are matched by identifier; those that count for a measurement come from the load generator, which
    verifies them."""

    def __init__(self, port):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.identifier = 0

    def next(self):
        self.identifier = (self.identifier + 1) % 256
        return self.identifier

    def exchange(self, make, timeout=3):
        """`make` gets an identifier and returns the packet. The reply, or None, and the seconds until it came."""
        identifier, begin = self.next(), time.monotonic()
        try:
            self.socket.send(make(identifier))
            while (left := begin + timeout - time.monotonic()) > 0 and select.select([self.socket], [], [], left)[0]:
                reply = self.socket.recv(4096)
                if reply[1] == identifier:
                    return reply, time.monotonic() - begin
        except ConnectionRefusedError:
            # Nobody listens yet.
            pass
        return None, time.monotonic() - begin

    def exchange_all(self, makers, window=64):
        """Sends all, so many at a time; ends the run when one gets no answer."""
        replies, count, waiting, makers = 0, len(makers), {}, iter(makers)
        while replies < count:
            while len(waiting) < window and (make := next(makers, None)):
                identifier = self.next()
                while identifier in waiting:
                    identifier = self.next()
                waiting[identifier] = make
                self.socket.send(make(identifier))
            if not select.select([self.socket], [], [], 10)[0]:
                raise SystemExit(f"{len(waiting)} requests without an answer after {replies} of {count}")
            if waiting.pop(self.socket.recv(4096)[1], None):
                replies += 1

    def close(self):
        self.socket.close()
