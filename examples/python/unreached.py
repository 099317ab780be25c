#!/usr/bin/env python3
"""Which kelurahan have most families that a programme means and does not reach?

    python3 unreached.py PKH --server http://127.0.0.1:8080 > unreached.csv

Anybody may ask: figures then deviate a little at random, and small ones are withheld. A partner's or planner's key is read from
the environment, KANTONG_KEY. Needs requests (Debian: python3-requests).
"""

import argparse
import csv
import json
import os
import sys

import requests

QUERY = """
query Unreached($program: ID!, $first: Int!) {
  program(code: $program) {
    name
    coverage(by: KELURAHAN, order: NOT_REACHED, first: $first) {
      area { code name parent { name } }
      eligible { value status }
      notReached { value status }
      exclusion { value status }
    }
  }
}
"""


class Kantong:
    """A server. Answers are kept, and asked for again only if they have changed."""

    def __init__(self, address, key=None):
        self.address, self.kept = address.rstrip("/"), {}
        self.session = requests.Session()
        if key:
            self.session.headers["Authorization"] = f"Bearer {key}"
            self.session.headers["Kantong-Purpose"] = "example"

    def ask(self, query, **variables):
        """The data of an answer, and whether it had changed since it was last asked for."""
        params = {"query": query, "variables": json.dumps(variables, sort_keys=True)}
        name = json.dumps(params)
        etag, data = self.kept.get(name, (None, None))
        reply = self.session.get(f"{self.address}/graphql", params=params, headers={"If-None-Match": etag} if etag else {}, timeout=30)
        if reply.status_code == 304:
            return data, False
        answer = reply.json()
        if "errors" in answer:  # each has a code and, where an argument is at fault, its name
            raise SystemExit("; ".join(f"{e['extensions']['code']}: {e['message']}" for e in answer["errors"]))
        reply.raise_for_status()
        if "ETag" in reply.headers:
            self.kept[name] = reply.headers["ETag"], answer["data"]
        return answer["data"], True


def text(figure):
    """A figure as a table shows it: withheld and unknown are not zero."""
    if figure is None:
        return "", "UNKNOWN"
    return "" if figure["value"] is None else figure["value"], figure["status"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="code of the programme")
    parser.add_argument("--server", default="http://127.0.0.1:8080")
    parser.add_argument("--out", type=argparse.FileType("w"), default=sys.stdout, help="file for the table (default: the screen)")
    parser.add_argument("--first", type=int, default=10, help="how many kelurahan (default: 10)")
    options = parser.parse_args()
    server = Kantong(options.server, os.environ.get("KANTONG_KEY"))
    data, _ = server.ask(QUERY, program=options.program, first=options.first)
    if data["program"] is None:
        raise SystemExit(f"there is no programme {options.program}")
    table = csv.writer(options.out)
    table.writerow(["code", "kelurahan", "kecamatan", "eligible", "eligible_status", "not_reached", "not_reached_status", "exclusion", "exclusion_status"])
    for row in data["program"]["coverage"]:
        area = row["area"]
        table.writerow([area["code"], area["name"], area["parent"]["name"], *text(row["eligible"]), *text(row["notReached"]), *text(row["exclusion"])])
    _, changed = server.ask(QUERY, program=options.program, first=options.first)  # as a programme that runs every hour would
    print(f"{data['program']['name']}; asked again, the answer had {'' if changed else 'not '}changed", file=sys.stderr)


if __name__ == "__main__":
    main()
