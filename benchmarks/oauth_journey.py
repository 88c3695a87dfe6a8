"""Give consent at the bank's page as a person does, for workers in Odoo."""

from urllib.parse import parse_qs, urlsplit


def make_oauth(connection, info):
    """Switch a connection from a key to OAuth with the bank's application."""
    connection.write(
        {
            "auth_method": "oauth",
            "client_id": info["client_id"],
            "client_secret": info["client_secret"],
        }
    )


def allow_access(connection, bank):
    """Give consent to everything at the bank's page and return to Odoo.

    :param bank: BankControl
    """
    url = connection.action_connect()["url"]
    location = bank.post("/approve", authorize_url=url)["location"]
    query = parse_qs(urlsplit(location).query)
    found, nonce = connection._connection_of_state(query["state"][0])
    problem = found._return_from_bank(nonce, query["code"][0], None)
    if found != connection or problem:
        raise RuntimeError(f"the way back from the bank failed: {problem}")
