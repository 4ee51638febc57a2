"""A mail server on this machine that takes what it is sent, or refuses it."""

from contextlib import contextmanager
from email import message_from_bytes
from email.header import decode_header, make_header

from aiosmtpd.controller import Controller


class Box:
    """The letters that came in; `answer` is what the server says to each."""

    def __init__(self, answer):
        self.mail, self.answer = [], answer

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            self.mail.append(message_from_bytes(envelope.content))
        return self.answer

    def subjects(self):
        """The subjects as people read them."""
        return [str(make_header(decode_header(letter["Subject"]))) for letter in self.mail]


class OnAFreePort(Controller):
    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(answer="250 OK"):
    """A server of its own: its box, and the apprise address of somebody on it."""
    box = Box(answer)
    controller = OnAFreePort(box, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield box, f"mailto://127.0.0.1:{controller.port}/?from=kat@example.com&to=director@example.com"
    finally:
        controller.stop()


def html_of(letter):
    """The HTML of a letter."""
    return next(
        part.get_payload(decode=True).decode() for part in letter.walk() if part.get_content_type() == "text/html"
    )
