"""Bootstraps Lakekeeper and makes its warehouse, or hands a warehouse that is there the current keys.

May run again at any time. Says what it did, and never shows a credential.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = os.environ["LAKEKEEPER_URL"]
NAME = os.environ["WAREHOUSE"]
ACCESS_KEY = os.environ["S3_ACCESS_KEY_ID"]
SECRET_KEY = os.environ["S3_SECRET_ACCESS_KEY"]
CLIENT_SECRET = os.environ.get("OPENID_CLIENT_SECRET", "")

TRIES = 24
PAUSE_SECONDS = 5
# Lakekeeper writes to the bucket and reads it back before it takes a warehouse.
TIMEOUT_SECONDS = 60


class Refused(Exception):
    """An answer that another try would not change."""

    def __init__(self, what, status, body):
        super().__init__(f"{what}: status {status}, {body}")
        self.status = status
        self.body = body


def without_secrets(text):
    for secret in (ACCESS_KEY, SECRET_KEY, CLIENT_SECRET):
        if secret:
            text = text.replace(secret, "***")
    return text


def send(method, url, body=None, headers=None):
    """The answer to one request; tries again while nobody answers or the server is not ready."""
    what = f"{method} {url}"
    for attempt in range(1, TRIES + 1):
        request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
                text = response.read()
                return json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            answer = without_secrets(error.read().decode("utf-8", "replace"))
            if error.code not in (502, 503, 504) or attempt == TRIES:
                raise Refused(what, error.code, answer) from None
            reason = f"status {error.code}"
        except OSError as error:
            if attempt == TRIES:
                raise SystemExit(f"{what}: {error}") from None
            reason = str(error)
        print(f"{what}: {reason}; trying again in {PAUSE_SECONDS} s", flush=True)
        time.sleep(PAUSE_SECONDS)


def token():
    """A token by client credentials; none where Lakekeeper asks for none."""
    url = os.environ.get("OPENID_URL")
    if url is None:
        return None
    form = {
        "grant_type": "client_credentials",
        "client_id": os.environ["OPENID_CLIENT_ID"],
        "client_secret": CLIENT_SECRET,
    }
    if "OPENID_SCOPE" in os.environ:
        form["scope"] = os.environ["OPENID_SCOPE"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return send("POST", url, urllib.parse.urlencode(form).encode(), headers)["access_token"]


class Lakekeeper:
    def __init__(self, bearer):
        self.headers = {"Content-Type": "application/json"}
        if bearer is not None:
            self.headers["Authorization"] = f"Bearer {bearer}"

    def get(self, path):
        return send("GET", f"{BASE}/management/v1/{path}", None, self.headers)

    def post(self, path, body):
        return send("POST", f"{BASE}/management/v1/{path}", json.dumps(body).encode(), self.headers)


def bootstrap(lakekeeper):
    if lakekeeper.get("info").get("bootstrapped"):
        print("Lakekeeper is bootstrapped already")
        return
    try:
        lakekeeper.post("bootstrap", {"accept-terms-of-use": True, "is-operator": True})
    except Refused as refused:
        if refused.status != 400 or "CatalogAlreadyBootstrapped" not in refused.body:
            raise
        print("Lakekeeper was bootstrapped meanwhile")
        return
    print("Lakekeeper is bootstrapped")


def storage():
    profile = {
        "type": "s3",
        "bucket": os.environ["S3_BUCKET"],
        "region": os.environ["S3_REGION"],
        "flavor": os.environ["S3_FLAVOR"],
        "sts-enabled": False,
        "remote-signing-enabled": True,
    }
    if profile["flavor"] == "s3-compat":
        profile["endpoint"] = os.environ["S3_ENDPOINT"]
        profile["path-style-access"] = True
    return profile


def warehouse(lakekeeper):
    credential = {
        "type": "s3",
        "credential-type": "access-key",
        "aws-access-key-id": ACCESS_KEY,
        "aws-secret-access-key": SECRET_KEY,
    }
    there = [one for one in lakekeeper.get("warehouse")["warehouses"] if one["name"] == NAME]
    if there:
        number = there[0].get("warehouse-id") or there[0]["id"]
        lakekeeper.post(f"warehouse/{number}/storage-credential", {"new-storage-credential": credential})
        print(f"warehouse {NAME} has the current keys of its bucket")
        return
    lakekeeper.post(
        "warehouse",
        {
            "warehouse-name": NAME,
            "storage-profile": storage(),
            "storage-credential": credential,
            "delete-profile": {"type": "hard"},
        },
    )
    print(f"warehouse {NAME} is made")


def main():
    try:
        lakekeeper = Lakekeeper(token())
        bootstrap(lakekeeper)
        warehouse(lakekeeper)
    except Refused as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
