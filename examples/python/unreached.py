#!/usr/bin/env python3
"""Where a programme misses most families: a CSV table of every kelurahan, from figures that anybody may see.

    python3 unreached.py PKH > unreached.csv
    python3 unreached.py PKH --keep pkh.json        asked again, the server sends only what has changed

A partner's or planner's key is read from the environment, KANTONG_KEY, since a command line can be seen by others.
"""

import argparse
import csv
import json
import os
import sys

import requests

QUERY = """
query Unreached($code: ID!) {
  edition { state asOf enrolmentsAsOf synthetic }
  program(code: $code) {
    coverage(by: KELURAHAN, order: NOT_REACHED) {
      area { code name parent { name } }
      eligible { value status }
      notReached { value status }
      exclusion { value status }
    }
  }
  rates(measure: { exclusion: $code }, level: KELURAHAN) {
    area { code }
    smoothed { value }
    lower { value }
    upper { value }
  }
}
"""

COLUMNS = [
    "area_code", "kelurahan", "kecamatan",
    "eligible", "eligible_status", "not_reached", "not_reached_status", "exclusion", "exclusion_status",
    # The share of all, drawn towards that of the city where few families are eligible, and its 90 % interval: what small
    # numbers leave of it. How far a PERTURBED figure was moved is not in the interval.
    "exclusion_smoothed", "exclusion_lower", "exclusion_upper",
]


def kept(path):
    """What an earlier run kept: the answer and its ETag, or nothing."""
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def ask(server, code, keep):
    """The server's answer to QUERY. By GET it has an ETag: what is still the same is not computed or sent again (304)."""
    headers = {"Accept": "application/graphql-response+json"}
    if key := os.environ.get("KANTONG_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    before = kept(keep) if keep else None
    if before:
        headers["If-None-Match"] = before["etag"]
    parameters = {"query": QUERY, "variables": json.dumps({"code": code})}
    response = requests.get(f"{server}/graphql", params=parameters, headers=headers, timeout=30)
    if response.status_code == 304:
        print(f"{keep}: nothing has changed since", file=sys.stderr)
        return before["data"]
    try:
        answer = response.json()
    except ValueError:
        sys.exit(f"HTTP {response.status_code} from {server}: is it a kantong server?")
    if errors := answer.get("errors"):
        sys.exit(f"{errors[0]['message']} ({errors[0].get('extensions', {}).get('code')})")
    if keep and (etag := response.headers.get("ETag")):
        with open(keep, "w", encoding="utf-8") as file:
            json.dump({"etag": etag, "data": answer["data"]}, file)
    return answer["data"]


def rows(data):
    """A row a kelurahan, most families not reached first, withheld figures last.

    A figure without a value is an empty cell, never 0: its status says whether it was withheld (SUPPRESSED: too few
    families, perhaps none) or nothing is recorded (UNKNOWN). A PERTURBED one deviates a little at random.
    """
    rates = {rate["area"]["code"]: rate for rate in data["rates"]}
    for line in data["program"]["coverage"]:
        area, rate = line["area"], rates[line["area"]["code"]]
        row = [area["code"], area["name"], (area["parent"] or {}).get("name")]
        for name in ("eligible", "notReached", "exclusion"):
            row += [line[name]["value"], line[name]["status"]]
        yield row + [rate[name]["value"] for name in ("smoothed", "lower", "upper")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="code of a programme, e.g. PKH")
    parser.add_argument("--server", default="http://127.0.0.1:8080", help="address of the kantong server (default %(default)s)")
    parser.add_argument("--out", metavar="FILE", help="write the table here instead of to standard output")
    parser.add_argument("--keep", metavar="FILE", help="keep the answer here, for the next run to ask whether it changed")
    options = parser.parse_args()
    try:
        data = ask(options.server.rstrip("/"), options.program, options.keep)
    except requests.RequestException as trouble:
        sys.exit(f"no answer from {options.server} ({type(trouble).__name__}): is the server running?")
    table = list(rows(data))
    with open(options.out, "w", encoding="utf-8", newline="") if options.out else sys.stdout as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(table)
    withheld = sum(1 for row in table if row[5] is None)
    edition = data["edition"]
    print(f"{edition['state']}, enrolments as of {edition['enrolmentsAsOf']}{', synthetic families' if edition['synthetic'] else ''}: "
          f"{len(table)} kelurahan, {withheld} of them without a figure", file=sys.stderr)


if __name__ == "__main__":
    main()
