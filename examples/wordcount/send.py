#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says a text, line by line, to the door: send.py FILE [LINES-PER-SECOND] [http://127.0.0.1:8082]"""
import json
import sys
import time
import urllib.request
from datetime import datetime, timezone

text = open(sys.argv[1], encoding="utf-8").read().splitlines()
rate = float(sys.argv[2]) if len(sys.argv) > 2 else 20
door = (sys.argv[3] if len(sys.argv) > 3 else "http://127.0.0.1:8082") + "/topics/lines"
sent = 0
for line in text:
    event = {"text": line, "at": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
    request = urllib.request.Request(door, json.dumps(event).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        sent += answer.status == 200
    time.sleep(1 / rate)
print(f"{sent} of {len(text)} lines were accepted")
