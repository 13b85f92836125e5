"""A CloudFormation that counts one signal, behind a fault."""

import calendar
import re
import socket
import struct
import threading
import time
from email.utils import formatdate

from faults import ID, error

# As its own words have it: `(… - 5 min.)`.
TOLERANCE = 300


class Service:
    """At a loopback port of its own, from now on until it is closed."""

    def __init__(self, fault):
        self.fault, self.counted, self.requests, self.first = fault, False, 0, None
        self.lock = threading.Lock()
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        time.sleep(self.fault.refused)
        try:
            self.socket.listen(64)
            while True:
                stream, _ = self.socket.accept()
                threading.Thread(target=self.serve, args=[stream], daemon=True).start()
        except OSError:
            pass  # closed

    def close(self):
        self.socket.close()

    def serve(self, stream):
        """One request for each connection."""
        with stream:
            try:
                self.exchange(stream)
            except OSError:
                pass  # the client has gone

    def exchange(self, stream):
        act = self.what_happens()
        if act == "close":
            return
        head = read(stream)
        if act is None:
            answer(stream, *self.well(head))
            return
        if self.fault.counts:
            self.counted = True
        if act == "hang":
            time.sleep(600)
        elif act == "reset":
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif act == "half":
            status, headers, body = taken(wants_json(head))
            answer(stream, status, headers, body[: len(body) // 2], len(body))
        else:
            answer(stream, *act(wants_json(head)))

    def what_happens(self):
        with self.lock:
            self.first = self.first or time.monotonic()
            self.requests += 1
            fault = self.fault
            met = self.requests <= fault.times or time.monotonic() - self.first < fault.seconds
            return fault.act if met else None

    def well(self, head):
        """What the service itself answers."""
        json, now = wants_json(head), time.time() + self.fault.ahead
        date = f"Date: {formatdate(now, usegmt=True)}\r\n"
        stamp = re.search(r"(?im)^x-amz-date: *(\w+)", head).group(1)
        signed = calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
        if abs(signed - now) > TOLERANCE:
            edge = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now + (TOLERANCE if signed > now else -TOLERANCE)))
            here = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
            words = (
                f"Signature not yet current: {stamp} is still later than {edge} ({here} + 5 min.)"
                if signed > now
                else f"Signature expired: {stamp} is now earlier than {edge} ({here} - 5 min.)"
            )
            return error(403, "SignatureDoesNotMatch", words, date)(json)
        with self.lock:
            before, self.counted = self.counted, True
        if before:
            words = "Signal with ID i-0123456789abcdef0 for resource R already exists.  Signals may only be updated with a FAILURE status."
            return error(400, "ValidationError", words, date)(json)
        status, headers, body = taken(json)
        return status, headers + date, body


def taken(json):
    if json:
        body = '{"SignalResourceResponse":{"ResponseMetadata":{"RequestId":"4f9b2d1c-0000-4000-8000-000000000001"}}}'
        return 200, ID + "Content-Type: application/json\r\n", body
    namespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/"
    body = f'<SignalResourceResponse xmlns="{namespace}"><ResponseMetadata><RequestId>4f9b</RequestId></ResponseMetadata></SignalResourceResponse>'
    return 200, ID + "Content-Type: text/xml\r\n", body


def wants_json(head):
    return "ContentType=JSON" in head or "accept: application/json" in head.lower()


def read(stream):
    """A request's head; its body is read and left."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += more(stream)
    head, body = data.split(b"\r\n\r\n", 1)
    head = head.decode("latin-1")
    length = re.search(r"(?im)^content-length: *(\d+)", head)
    while length and len(body) < int(length.group(1)):
        body += more(stream)
    return head


def more(stream):
    data = stream.recv(65536)
    if not data:
        raise ConnectionError
    return data


def answer(stream, status, headers, body, length=None):
    head = f"HTTP/1.1 {status} Whatever\r\nConnection: close\r\n{headers}Content-Length: {length or len(body)}\r\n\r\n"
    stream.sendall((head + body).encode())
