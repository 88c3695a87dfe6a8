"""A client of the control API of the simulated bank (`simulator/README.md`)."""

import requests


class BankControl:
    """Calls the control API; raises for every answer that is an error."""

    def __init__(self, info):
        """Use the addresses in `info`, the JSON the bank printed when it started."""
        self.info = info
        self._url = info["control_url"]
        self._session = requests.Session()

    def get(self, path, /, **query):
        """Return the JSON that a GET answers."""
        return self._call("GET", path, params=query)

    def post(self, path, /, **body):
        """Return the JSON that a POST answers."""
        return self._call("POST", path, json=body)

    def delete(self, path):
        """Return the JSON that a DELETE answers."""
        return self._call("DELETE", path)

    def fault(self, name, times=None, **more):
        """Switch a fault on, for good or for `times` requests."""
        return self.post("/faults", name=name, times=times, **more)

    def truth(self, account, first, last):
        """Return {opening, closing, transactions} of an account, both days included."""
        return self.get("/truth", **{"account": account, "from": first, "to": last})

    def _call(self, method, path, **content):
        answer = self._session.request(method, self._url + path, timeout=60, **content)
        answer.raise_for_status()
        return answer.json()
