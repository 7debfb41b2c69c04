# SPDX-License-Identifier: Apache-2.0
"""What the press does: for each text whose books are closed one line of JSON that says it is printed. Knows nothing but JSON."""
import json
import sys
import time

for line in sys.stdin:
    try:
        message = json.loads(line)
    except json.JSONDecodeError as e:
        print("press: passed over a line that is no JSON:", e, file=sys.stderr)
        continue
    if message.get("hippo_name") == "books" and message.get("is_success"):
        printed = {
            "hippo_name": "press",
            "job_name": "press",
            "is_success": True,
            "finish_time": int(time.time()),
            # of the text: who hears of it twice knows that it is the same
            "exec_date": message["exec_date"],
            "partition_fields": message["partition_fields"],
            "partition_values": message["partition_values"],
        }
        print(json.dumps(printed), flush=True)
