"""Clients that offer another protocol are answered in HTTP/1.1, as RFC 9110 section 7.8 lets a server do.

Java's ``HttpClient`` offers HTTP/2 with every request. httptools stops parsing after the head of a request that offers
an upgrade; uvicorn declines the upgrade and loses the body and every request that follows on the connection
(https://github.com/Kludex/uvicorn/issues/2722).
"""

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_FRAMING = (b"content-length", b"transfer-encoding")
_INVALID = "Invalid HTTP request received."


class DecliningProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, which goes on after an upgrade that it declines."""

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived."""
        self._unset_keepalive_if_required()
        while data:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as offered:
                data = self._decline(data[offered.args[0] :])
            except httptools.HttpParserError:
                self.logger.warning(_INVALID)
                self.send_400_response(_INVALID)
                return
            else:
                return

    def _decline(self, rest: bytes) -> bytes:
        """Return what a new parser must read: a head that frames the body as the request did, then the rest."""
        self.cycle.more_body = True  # the old parser takes the request for complete
        self.cycle.message_event.clear()
        self.parser = httptools.HttpRequestParser(_Resumed(self))
        framing = [b"%b: %b\r\n" % (name, value) for name, value in self.headers if name in _FRAMING]
        return b"".join((b"POST / HTTP/1.1\r\n", *framing, b"\r\n", rest))


class _Resumed:
    """Hands on what a parser reads, but for the head that it reads first."""

    def __init__(self, protocol: DecliningProtocol) -> None:
        self._protocol = protocol
        self._is_first = True
        self.on_body = protocol.on_body

    def on_message_begin(self) -> None:
        """A message begins."""
        if not self._is_first:
            self._protocol.on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Part of the request's target has been read."""
        if not self._is_first:
            self._protocol.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header has been read."""
        if not self._is_first:
            self._protocol.on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head has been read."""
        if not self._is_first:
            self._protocol.on_headers_complete()

    def on_message_complete(self) -> None:
        """The message has been read."""
        self._is_first = False
        self._protocol.on_message_complete()
