"""Mail through a real msmtp to a sink with scripted responses."""

from __future__ import annotations

import unittest
from email.message import EmailMessage

from harness import BAD, GOOD, IntegrationTest, Receiver, Workplace, rule
from mail_service import MailSink, sendmail

TAKEN, LATER, REFUSED = "250 OK", "451 try again later", "550 refused"
HOSTILE = "x\r\nBcc: victim@example.com\r\n\r\ninjected"


class MailTests(IntegrationTest):
    def mail(self, *answers: str, rules: list[dict] | None = None) -> tuple[Workplace, MailSink]:
        place, sink = self.workplace(), MailSink(*answers)
        self.addCleanup(sink.close)
        program = sendmail(place.folder, sink.port)
        settings = {
            "name": "mail", "type": "email", "to": ["oncall@example.com"],
            "from": "ops-alert@example.com", "sendmail": str(program),
        }  # fmt: skip
        place.configure(Receiver(settings, {}), rules=rules, notifications={"reminder_hours": 0})
        return place, sink

    def test_firing_and_resolved_are_one_thread(self) -> None:
        place, sink = self.mail(TAKEN)
        run = place.evaluate(BAD, at=0)
        self.assert_outcomes(run, ("mail", "firing", "delivered"))
        self.assert_code(run, 0)
        run = place.evaluate(GOOD, at=15)
        self.assert_outcomes(run, ("mail", "resolved", "delivered"))
        firing, resolved = sink.mails
        self.check_form(firing, "CRITICAL")
        self.check_form(resolved, "RESOLVED")
        self.assertNotEqual(firing["Message-ID"], resolved["Message-ID"])
        self.assertIn(firing["Message-ID"], resolved["References"])
        self.assertEqual(sink.recipients, [["oncall@example.com"]] * 2)

    def check_form(self, mail: EmailMessage, word: str) -> None:
        self.assertIn(word, mail["Subject"])
        self.assertIn("error_rate", mail["Subject"])
        self.assertEqual(len(mail.get_all("To", [])), 1)
        self.assertEqual([each.addr_spec for each in mail["To"].addresses], ["oncall@example.com"])
        self.assertEqual(mail["From"].addresses[0].addr_spec, "ops-alert@example.com")
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertRegex(mail["Message-ID"], r"^<[^<>@\s]+@[^<>@\s]+>$")
        self.assertEqual(mail.get_content_charset(), "utf-8")
        self.assertIn("error_rate", mail.get_content())
        defects = [str(part.defects) for part in mail.walk() if part.defects]
        self.assertEqual(defects, [])
        self.assertEqual([header.defects for header in mail.values() if header.defects], [])

    def test_a_temporarily_rejected_mail_is_sent_by_the_next_run(self) -> None:
        place, sink = self.mail(LATER)
        first = place.evaluate(BAD, at=0)
        self.assert_outcomes(first, ("mail", "firing", "deferred"))
        self.assert_code(first, 0)
        sink.answers = [TAKEN]
        second = place.evaluate(BAD, at=60)
        self.assert_outcomes(second, ("mail", "firing", "delivered"))
        self.assertGreaterEqual(len(sink.mails), 2)
        self.assertEqual(len({mail["Message-ID"] for mail in sink.mails}), 1)
        count = len(sink.mails)
        place.evaluate(BAD, at=75)
        self.assertEqual(len(sink.mails), count)

    def test_a_refused_mail_becomes_a_dead_letter(self) -> None:
        place, sink = self.mail(TAKEN)
        sink.recipient_answer = REFUSED
        run = place.evaluate(BAD, at=0)
        self.assert_outcomes(run, ("mail", "firing", "dead"))
        self.assert_code(run, 5)
        # The second attempt is the plain form.
        self.assertEqual(sink.envelopes, 2)
        sink.recipient_answer = TAKEN
        self.assert_code(place.status("--retry-dead"), 0)
        run = place.evaluate(BAD, at=15)
        self.assert_outcomes(run, ("mail", "firing", "delivered"))
        self.assert_code(run, 0)

    def test_a_rejection_after_the_data_is_retried(self) -> None:
        # After the data, msmtp exits with 69 for both 451 and 550. Treating both as temporary loses
        # nothing.
        place, sink = self.mail(REFUSED)
        run = place.evaluate(BAD, at=0)
        self.assert_outcomes(run, ("mail", "firing", "deferred"))
        self.assertEqual(len({mail["Message-ID"] for mail in sink.mails}), 1)

    def test_text_cannot_become_a_header(self) -> None:
        place, sink = self.mail(TAKEN, rules=[rule(path="sources.*.age", summary="Größe ☃")])
        place.evaluate({"sources": {HOSTILE: {"age": 9}}}, at=0)
        (mail,) = sink.mails
        self.assertIsNone(mail["Bcc"])
        self.assertEqual(sink.recipients, [["oncall@example.com"]])
        self.assertIn("Größe ☃", mail.get_content())
        head = sink.raw[0].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        self.assertTrue(head.isascii())
        self.assertLessEqual(max(len(line) for line in head.split(b"\n")), 998)
        self.assertNotIn("\n", mail["Subject"])

    def test_notify_test_sends_mail(self) -> None:
        place, sink = self.mail(TAKEN)
        for event, word in (("firing", "TEST"), ("resolved", "TEST")):
            run = place.notify_test("--receiver", "mail", "--event", event)
            self.assert_code(run, 0)
            self.assertIn(word, sink.mails[-1]["Subject"])


if __name__ == "__main__":
    unittest.main()
