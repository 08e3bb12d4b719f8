"""A mail sink on loopback, and an msmtp that sends to it."""

from __future__ import annotations

import email
import email.policy
import pathlib
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session, SMTP

from alertmanager_service import program

MSMTP = """
account default
host 127.0.0.1
port {port}
tls off
auth off
from ops-alert@example.com
syslog off
"""
WRAPPER = """#!/bin/sh
printf '%s\\n' "$*" >>"{folder}/arguments"
exec "{msmtp}" --file="{folder}/msmtprc" "$@"
"""


class _AnyPort(Controller):
    """A controller on a port chosen by the kernel."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailSink:
    """Accepts mail and responds with its scripted responses in turn, then repeats the last one."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        # The response to RCPT, before the mail itself is sent.
        self.recipient_answer = "250 OK"
        # The number of RCPT commands.
        self.envelopes = 0
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self._controller = _AnyPort(self, hostname="127.0.0.1", port=0)
        self._controller.start()

    @property
    def port(self) -> int:
        return self._controller.port

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.envelopes += 1
        if not self.recipient_answer.startswith("250"):
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return self.recipient_answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content: Any = envelope.original_content or b""
        self.raw.append(content)
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        self.recipients.append(envelope.rcpt_tos)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def close(self) -> None:
        self._controller.stop()


def sendmail(folder: pathlib.Path, port: int) -> pathlib.Path:
    """A script in the folder that runs msmtp, sending to this port, and logs its arguments."""
    (folder / "msmtprc").write_text(MSMTP.format(port=port))
    (folder / "msmtprc").chmod(0o600)
    wrapper = folder / "sendmail"
    wrapper.write_text(WRAPPER.format(folder=folder, msmtp=program("msmtp")))
    wrapper.chmod(0o755)
    return wrapper
