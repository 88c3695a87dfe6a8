"""The control side of the simulated bank (`simulator/README.md`), for benchmarks."""

import requests


class BankControl:
    """Calls control by its address; every refusal of control is an error here."""

    def __init__(self, info):
        """Take the line of JSON the bank printed when it began to listen."""
        self.info = info
        self._url = info["control_url"]
        self._session = requests.Session()

    def get(self, path, /, **query):
        """Return the answer to a GET."""
        return self._call("GET", path, params=query)

    def post(self, path, /, **body):
        """Return the answer to a POST."""
        return self._call("POST", path, json=body)

    def delete(self, path):
        """Return the answer to a DELETE."""
        return self._call("DELETE", path)

    def fault(self, name, times=None, **more):
        """Put a fault in force; for ever, unless `times` is given."""
        return self.post("/faults", name=name, times=times, **more)

    def truth(self, account, first, last):
        """Return {opening, closing, transactions} of an account, both days included."""
        return self.get("/truth", **{"account": account, "from": first, "to": last})

    def _call(self, method, path, **content):
        answer = self._session.request(method, self._url + path, timeout=60, **content)
        answer.raise_for_status()
        return answer.json()
