"""A SIP caller that says whatever it is told to, byte by byte: no library would send what these tests send."""

import re
import secrets
import socket
from time import monotonic

DATAGRAM_BYTES_MAX = 65_507
NOBODY = b"<sip:4915112345678@caller.example>"
"""Who calls when it does not matter."""
ANSWER_SECONDS_MAX = 15.0
QUIET_SECONDS = 1.0
"""Asterisk repeats an answer that nobody acknowledged sooner than this."""


class Caller:
    """One UDP socket at `address`; requests go to `centre`."""

    def __init__(self, centre: tuple[str, int], address: str = "127.0.0.1", port: int = 0) -> None:
        self.centre = centre
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, port))
        host, self.port = self._socket.getsockname()
        self.here = f"{host}:{self.port}"

    def close(self) -> None:
        self._socket.close()

    def send(self, datagram: bytes) -> None:
        self._socket.sendto(datagram[:DATAGRAM_BYTES_MAX], self.centre)

    def request(
        self, method: str, number: bytes, *, caller: bytes = NOBODY,
        headers: bytes = b"", call: str = "", to_tag: bytes = b"", sequence: int = 1, branch: str = "",
    ) -> bytes:  # fmt: skip
        """A request as it should be, but for `number`, `caller` (the From header before its tag) and `headers`."""
        call = call or secrets.token_hex(8)
        host = b"%s:%d" % (self.centre[0].encode(), self.centre[1])
        sound = b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
        body = sound if method == "INVITE" else b""
        lines = [
            b"%s sip:%s@%s SIP/2.0" % (method.encode(), number, host),
            b"Via: SIP/2.0/UDP %s;branch=z9hG4bK%s;rport" % (self.here.encode(), (branch or call).encode()),
            b"Max-Forwards: 70",
            b"From: %s;tag=%s" % (caller, call.encode()),
            b"To: <sip:%s@%s>%s" % (number, host, to_tag),
            b"Call-ID: %s" % call.encode(),
            b"CSeq: %d %s" % (sequence, method.encode()),
            b"Contact: <sip:caller@%s>" % self.here.encode(),
            *([headers] if headers else []),
            *([b"Content-Type: application/sdp"] if body else []),
            b"Content-Length: %d" % len(body),
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    def answer(self, call: str, *, sequence: int = 1) -> tuple[int, bytes]:
        """The final answer of the request with this Call-ID and CSeq: its status, and the whole of it."""
        until = monotonic() + ANSWER_SECONDS_MAX
        while (left := until - monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                said = self._socket.recv(65_535)
            except TimeoutError:
                break
            first = re.match(rb"SIP/2\.0 (\d{3})", said)
            if first is None or call.encode() not in said or b"CSeq: %d " % sequence not in said:
                continue
            if (status := int(first[1])) >= 200:
                return status, said
        raise AssertionError(f"{call} was not answered within {ANSWER_SECONDS_MAX} s")

    def call(self, number: bytes, *, caller: bytes = NOBODY, headers: bytes = b"") -> tuple[int, bytes]:
        """Call, acknowledge the answer, and hang up if it was a yes; the status and the answer."""
        call = secrets.token_hex(8)
        self.send(self.request("INVITE", number, call=call, headers=headers, caller=caller))
        status, said = self.answer(call)
        tag = re.search(rb"\r\nTo:[^\r]*(;tag=[^\r;]+)", said)
        to_tag = tag[1] if tag else b""
        branch = call if status >= 300 else f"{call}ack"
        self.send(self.request("ACK", number, call=call, to_tag=to_tag, branch=branch, caller=caller))
        if status == 200:
            self.send(
                self.request("BYE", number, call=call, to_tag=to_tag, sequence=2, branch=f"{call}bye", caller=caller)
            )
            self.answer(call, sequence=2)
        return status, said

    def hang_up_what_was_answered(self) -> int:
        """Acknowledge and end every call that was answered with a yes, though nobody asks for it; how many these were.

        To be used right after an honest call: what was sent before that has its answer by now.
        """
        ended: set[bytes] = set()
        self._socket.settimeout(QUIET_SECONDS)
        while True:
            try:
                said = self._socket.recv(65_535)
            except TimeoutError:
                return len(ended)
            head = dict(re.findall(rb"\r\n(From|To|Call-ID|CSeq): ([^\r]*)", said))
            if not said.startswith(b"SIP/2.0 200") or not head.get(b"CSeq", b"").endswith(b"INVITE"):
                continue
            sequence = int(head[b"CSeq"].split()[0])
            for method, number in ((b"ACK", sequence), (b"BYE", sequence + 1)):
                self.send(
                    b"%s sip:x@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s;rport\r\nFrom: %s\r\nTo: %s\r\n"
                    b"Call-ID: %s\r\nCSeq: %d %s\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
                    % (
                        method, self.centre[0].encode(), self.here.encode(), secrets.token_hex(8).encode(),
                        head[b"From"], head[b"To"], head[b"Call-ID"], number, method,
                    )
                )  # fmt: skip
            ended.add(head[b"Call-ID"])
