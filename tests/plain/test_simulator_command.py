"""The command line: one line of JSON, TLS, and a clean end."""

from __future__ import annotations

import ast
import json
import signal
import ssl
import subprocess
import sys
import unittest
import urllib.error
import urllib.request

from simulator_support import ROOT

ALLOWED = set(sys.stdlib_module_names) | {"cryptography"}


class TestCommand(unittest.TestCase):
    def begin(self, *options):
        process = subprocess.Popen(
            [sys.executable, "-m", "simulator", "--port", "0", *options],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

        def end():
            if process.poll() is None:
                process.kill()
            process.communicate()

        self.addCleanup(end)
        return process, json.loads(process.stdout.readline())

    def read(self, info, context=None):
        request = urllib.request.Request(
            info["base_url"] + "/open-banking/v1.0/accounts",
            headers={"Authorization": f"Bearer {info['token']}"},
        )
        with urllib.request.urlopen(request, timeout=5, context=context) as answer:
            return json.load(answer)["Data"]["Account"]

    def assertEnds(self, process):
        out, errors = process.communicate(timeout=5)
        self.assertEqual((process.returncode, out, errors), (0, "", ""))

    def test_the_line_and_sigterm(self):
        now = "2026-02-01T12:00:00+03:00"
        process, info = self.begin("--seed", "4", "--now", now, "--frozen")
        self.assertTrue(info["base_url"].endswith("/uapi"))
        self.assertTrue(info["authorize_url"].endswith("/connect/authorize"))
        for name in ("token", "client_id", "client_secret", "control_url"):
            self.assertTrue(info[name])
        self.assertGreater(len(info["faults"]), 25)
        self.assertNotIn("ca_pem", info)
        self.assertEqual(len(self.read(info)), 4)
        with urllib.request.urlopen(info["control_url"] + "/time", timeout=5) as got:
            self.assertEqual(json.load(got), {"now": now, "running": False})
        process.send_signal(signal.SIGTERM)
        self.assertEnds(process)

    def test_sigint_ends_it_though_a_request_hangs(self):
        process, info = self.begin()
        body = json.dumps({"name": "timeout", "seconds": 60}).encode()
        url = info["control_url"] + "/faults"
        urllib.request.urlopen(urllib.request.Request(url, body), timeout=5).close()
        with self.assertRaises(OSError):
            request = urllib.request.Request(info["base_url"] + "/x")
            urllib.request.urlopen(request, timeout=0.2)
        process.send_signal(signal.SIGINT)
        self.assertEnds(process)

    def test_tls_and_the_end_of_stdin(self):
        process, info = self.begin("--tls", "--until-stdin-closes")
        self.assertTrue(info["base_url"].startswith("https://127.0.0.1:"))
        trusting = ssl.create_default_context(cadata=info["ca_pem"])
        self.assertEqual(len(self.read(info, trusting)), 4)
        named = {**info, "base_url": info["base_url"].replace("127.0.0.1", "localhost")}
        self.assertEqual(len(self.read(named, trusting)), 4)
        with self.assertRaises(urllib.error.URLError):
            self.read(info)
        process.stdin.close()
        process.stdin = None
        self.assertEnds(process)

    def test_a_port_in_use(self):
        _process, info = self.begin()
        port = info["base_url"].rpartition(":")[2].partition("/")[0]
        command = [sys.executable, "-m", "simulator", "--port", port]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot listen", done.stderr)


class TestHouse(unittest.TestCase):
    def test_only_the_standard_library_and_cryptography(self):
        files = sorted((ROOT / "simulator").glob("*.py"))
        self.assertGreater(len(files), 20)
        for file in files:
            text = file.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)):
                names = []
                if isinstance(node, ast.Import):
                    names = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names = [node.module]
                for name in names:
                    self.assertIn(name.partition(".")[0], ALLOWED, file.name)


if __name__ == "__main__":
    unittest.main()
