"""Translate errors of `tochka_api` into sentences for the user.

Code that talks to the bank for a user does it inside `bank_errors(env)`; code that
stores an error as text calls `explain(env, error)`.
"""

from contextlib import contextmanager

from odoo.exceptions import UserError

from .tochka_api import errors

# The first class that matches is used, so subclasses come before their bases.
_SENTENCES = (
    (
        errors.RateLimited,
        lambda env: env._(
            "Tochka Bank asks to wait: too many requests. Loading goes on by itself at"
            " the next run."
        ),
    ),
    (
        errors.StatementNotReady,
        lambda env: env._(
            "Tochka Bank is still preparing the statement. Loading goes on by itself at"
            " the next run; you can also press the button again in a few minutes."
        ),
    ),
    (
        errors.TryLater,
        lambda env: env._(
            "Tochka Bank does not answer now. Nothing is lost: loading goes on by"
            " itself at the next run. If this lasts, check the connection of the server"
            " to the Internet."
        ),
    ),
    (
        errors.UnknownCertificate,
        lambda env: env._(
            "The certificate of the bank's server is not trusted. Tochka Bank uses the"
            " Russian Trusted Root CA: put its certificate (PEM) into the field"
            " “Additional root certificate” of the connection."
        ),
    ),
    (
        errors.AccessExpired,
        lambda env: env._(
            "The access to Tochka Bank has ended, was withdrawn or is wrong. Open the"
            " connection and press “Connect to Tochka Bank” or “Renew access” (for a"
            " JWT key: paste a new key first)."
        ),
    ),
    (
        errors.AccessDenied,
        lambda env: env._(
            "Tochka Bank refuses this request: the access does not include it. Open the"
            " connection, press “Renew access” and allow “Receive statements” for this"
            " organisation."
        ),
    ),
    (
        errors.StatementFailed,
        lambda env: env._(
            "Tochka Bank could not prepare the statement. Nothing was changed. Ask for"
            " the period again; if it repeats, write to the bank's support."
        ),
    ),
    (
        errors.ClockAhead,
        lambda env: env._(
            "The clock of this server is ahead of the bank's: the day asked for has not"
            " begun there. Set the clock of the server right (switch on its"
            " synchronisation); loading goes on by itself then. Nothing is lost."
        ),
    ),
    (
        errors.BadRequest,
        lambda env: env._(
            "Tochka Bank did not accept the request. Check the account and the period;"
            " if it repeats, write to the bank's support."
        ),
    ),
    (
        errors.AskHuman,
        lambda env: env._(
            "Tochka Bank needs your attention: check the settings of the connection."
        ),
    ),
    (
        errors.WrongPeriod,
        lambda env: env._(
            "Tochka Bank answered for another period than was asked for, so nothing"
            " was taken from its answer. Loading asks again by itself; if it repeats,"
            " write to the bank's support."
        ),
    ),
    (
        errors.MalformedAnswer,
        lambda env: env._(
            "The answer of Tochka Bank could not be read, so nothing was changed. Try"
            " again later; if it repeats, report it to the authors of the addon."
        ),
    ),
    (
        errors.TochkaError,
        lambda env: env._("The exchange with Tochka Bank failed. Try again later."),
    ),
)


def explain(env, error):
    """Return a bank error in words for the user.

    :param env: environment with the language
    :param errors.TochkaError error: what `tochka_api` raised
    :return: translated sentences that end with what to do next, and the bank's own
        error id where there is one (its support asks for it: docs/bank_api.md §5)
    """
    sentence = next(words for kind, words in _SENTENCES if isinstance(error, kind))
    words = sentence(env)
    details = str(error)
    # An error without a code has no words of the bank, only ours, meant for the log.
    if details and error.code:
        words = env._(
            "%(sentence)s\nThe bank says: %(details)s", sentence=words, details=details
        )
    if error.error_id:
        words = env._(
            "%(sentence)s\nError id: %(id)s", sentence=words, id=error.error_id
        )
    return words


@contextmanager
def bank_errors(env):
    """Turn bank errors of the block into a translated UserError.

    :raise UserError: when the block raises an `errors.TochkaError`
    """
    try:
        yield
    except errors.TochkaError as error:
        raise UserError(explain(env, error)) from error
