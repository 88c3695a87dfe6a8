from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from . import intervals, queue

TRIGGERS = [
    *intervals.TRIGGERS,
    ("manual", "By hand"),
    ("webhook", "Event of the bank"),
    ("file", "File"),
]
POSTPONED_FOR = relativedelta(seconds=20)
COUNTS = (
    "found",
    "created",
    "known",
    "rejected",
    "changed",
    "skipped",
    "taken_back",
    "redated",
    "refused",
    "unreadable",
)


class TochkaImport(models.Model):
    """One run: who asked, for what, what came of it."""

    _name = "tochka.import"
    _inherit = ["tochka.walled"]
    _description = "Loading from Tochka Bank"
    _order = "id desc"

    trigger = fields.Selection(TRIGGERS, required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    account_ids = fields.Many2many("tochka.account", string="Accounts", readonly=True)
    date_from = fields.Date(required=True, readonly=True)
    date_to = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        default="queued",
        readonly=True,
    )
    request_key = fields.Char(readonly=True)
    started_on = fields.Datetime(readonly=True)
    finished_on = fields.Datetime(readonly=True)
    seconds = fields.Float(compute="_compute_seconds", store=True, digits=(10, 1))
    requests_made = fields.Integer(readonly=True)
    steps = fields.Integer(readonly=True)
    steps_done = fields.Integer(readonly=True)
    progress = fields.Float(compute="_compute_progress", help="Per cent.")
    found = fields.Integer(readonly=True, help="Payments in the bank's statements.")
    created = fields.Integer(readonly=True, help="Payments that entered the books.")
    known = fields.Integer(readonly=True, help="Payments loaded before.")
    rejected = fields.Integer(
        string="Rejected Before",
        readonly=True,
        help="Payments loaded before that a person rejected.",
    )
    changed = fields.Integer(
        readonly=True, help="Payments the bank changed since they were loaded."
    )
    skipped = fields.Integer(
        readonly=True,
        help="Payments the bank has not booked yet; a later run takes them.",
    )
    taken_back = fields.Integer(
        readonly=True,
        help="Payments the bank does not have any more: new ones left the books, about"
        " others you decide.",
    )
    redated = fields.Integer(
        string="On Another Day",
        readonly=True,
        help="Payments booked on another day, because theirs is in a locked period.",
    )
    refused = fields.Integer(
        string="Not Accepted",
        readonly=True,
        help="Payments that Odoo or another module refused. They wait in the register"
        " with the reason, and the next loading tries again.",
    )
    unreadable = fields.Integer(
        string="Unreadable Rows",
        readonly=True,
        help="Rows of the bank's statements that cannot be read. The account shows them"
        " and what is wrong; the others are loaded.",
    )
    error = fields.Text(readonly=True)
    starts = fields.Integer(readonly=True, help="How often it was begun.")
    postponed = fields.Boolean(
        readonly=True, help="Another run held an account; this one is tried again."
    )

    not_before = fields.Datetime(
        readonly=True, help="The queue leaves it alone until this moment."
    )

    # A dialog pressed twice asks for the same thing: one run.
    _request_unique = models.UniqueIndex(
        "(request_key) WHERE state IN ('queued', 'running')"
    )

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for run in self:
            run.display_name = (
                f"{run.date_from:%d.%m.%Y} – {run.date_to:%d.%m.%Y}"
                if run.date_from and run.date_to
                else ""
            )

    @api.depends("started_on", "finished_on")
    def _compute_seconds(self):
        for run in self:
            done = run.started_on and run.finished_on
            run.seconds = (
                (run.finished_on - run.started_on).total_seconds() if done else 0
            )

    @api.depends("steps", "steps_done", "state")
    def _compute_progress(self):
        for run in self:
            if run.state in ("done", "failed"):
                run.progress = 100.0
            else:
                run.progress = 100.0 * run.steps_done / run.steps if run.steps else 0.0

    # === THE QUEUE === #

    @api.model
    def _queue(self, accounts, date_from, date_to, trigger="manual"):
        """Put a run into the queue and wake the worker.

        :param str trigger: who asks: `manual` or `webhook`
        :return: the run; the one that is under way when the same was asked before
        """
        return queue.enqueue(self.env, accounts, date_from, date_to, trigger)

    @api.model
    def _want(self, account, date_from, date_to):
        """Ask for a load because the bank told of a payment.

        However many events come at one moment, they make one run. It is made in a
        transaction of its own, begun anew when it meets that of another event.

        :param account: one tochka.account
        :param date date_from: first day
        :param date date_to: last day
        """
        queue.want(account, date_from, date_to)

    @api.model
    def _cron_run_queue(self):
        """Do the queued runs; go on with one that was interrupted."""
        queue.run_queued(self.env)

    # === LIFE === #

    @api.model
    def _open(self, accounts, date_from, date_to, trigger):
        """Make a run that starts at once, without the queue.

        :param str trigger: one of TRIGGERS
        """
        return self.create(
            {
                "trigger": trigger,
                "user_id": self.env.uid,
                "account_ids": [fields.Command.set(accounts.ids)],
                "date_from": date_from,
                "date_to": date_to,
            }
        )

    @api.model
    def _close_interrupted(self, trigger, under_way):
        """Close scheduled runs whose process was killed; the next run covers them.

        :param str trigger: key of `intervals.INTERVALS`
        :param under_way: accounts that another process is known to load
        """
        self.search(
            [
                ("trigger", "=", trigger),
                ("state", "=", "running"),
                ("account_ids", "not in", under_way.ids),
            ]
        ).write(
            {
                "state": "failed",
                "finished_on": fields.Datetime.now(),
                "error": self.env._("Interrupted; the next run goes on."),
            }
        )

    def _start(self, steps):
        """Begin the run, or begin it anew.

        :param int steps: how many the progress bar has
        """
        self.ensure_one()
        self.write(
            {
                **dict.fromkeys(COUNTS, 0),
                "state": "running",
                "started_on": fields.Datetime.now(),
                "steps": steps,
                "steps_done": 0,
                "requests_made": 0,
                "error": False,
                "postponed": False,
            }
        )

    def _count(self, counts):
        """Add to the counters of the run.

        :param dict counts: of COUNTS
        """
        self.ensure_one()
        self.write({name: self[name] + count for name, count in counts.items()})

    def _step(self):
        """Move the progress bar one step forward."""
        self.ensure_one()
        self.steps_done += 1

    def _skip(self, account):
        """Note that another run holds the account.

        A scheduled run leaves the work to it; what a person or the bank asked for is
        tried again when that one is done.
        """
        self.ensure_one()
        self.postponed = self.trigger not in intervals.INTERVALS
        self._add_words(
            self.env._("%s is being loaded by another run.", account.display_name)
        )

    def _fail(self, account, message):
        """Note that an account could not be loaded.

        :param str message: translated
        """
        self.ensure_one()
        self.state = "failed"
        self._add_words(f"{account.display_name}: {message}")

    def _add_words(self, words):
        self.error = f"{self.error}\n{words}" if self.error else words

    def _finish(self):
        """End the run, or put it back into the queue when it was postponed."""
        self.ensure_one()
        if self.postponed and self.state != "failed":
            self.state = "queued"
            soon = fields.Datetime.now() + POSTPONED_FOR
            self.env.ref("account_tochka.ir_cron_run_queue")._trigger(at=soon)
            return
        self.write(
            {
                "state": "failed" if self.state == "failed" else "done",
                "finished_on": fields.Datetime.now(),
            }
        )

    # === FOR THE USER === #

    def _tell_user(self):
        """Send the user who asked a notification with the numbers."""
        self.ensure_one()
        if self.state == "queued":
            return
        user = self.user_id
        user._bus_send(
            "account_tochka.import_done",
            self.with_context(lang=user.lang)._summary(),
        )

    def _summary(self):
        """Return what a person needs to know of a run, in the context's language."""
        self.ensure_one()
        period = self.display_name
        if self.state == "failed" or self.postponed:
            message = self.error
        elif self.state in ("queued", "running"):
            message = ""
        elif not self.found:
            message = self.env._("Tochka Bank has no payments in %s.", period)
        else:
            message = self.env._(
                "Payments found in %(period)s: %(found)s, new: %(created)s.",
                period=period,
                found=self.found,
                created=self.created,
            )
        if self.taken_back:
            message += "\n" + self.env._(
                "The bank took these payments back: %s.", self.taken_back
            )
        if self.redated:
            message += "\n" + self.env._(
                "Booked on another day, because the period is locked: %s.", self.redated
            )
        if self.refused:
            message += "\n" + self.env._(
                "Could not enter the books, see the reason on the account: %s.",
                self.refused,
            )
        if self.unreadable:
            message += "\n" + self.env._(
                "Rows that cannot be read, see the account: %s.", self.unreadable
            )
        return {
            "id": self.id,
            "state": self.state,
            "progress": self.progress,
            "type": "danger" if self.state == "failed" else "success",
            "message": message or "",
            "created": self.created,
        }

    def get_progress(self):
        """Return the state of this run for the dialog (see `_summary`)."""
        self.ensure_one()
        self.check_access("read")
        return self._summary()

    def action_open_payments(self):
        """Open the payments of the period that this run loaded or found."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account_tochka.action_payments"
        )
        action["domain"] = [
            ("journal_id", "in", self.account_ids.journal_id.ids),
            ("date", ">=", self.date_from),
            ("date", "<=", self.date_to),
        ]
        action["name"] = self.display_name
        action["context"] = {}
        return action
