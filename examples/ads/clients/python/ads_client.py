#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends three impressions and one that is refused. Argument: the door's address, localhost:8081 by default."""

import pathlib
import sys

import grpc

sys.path.insert(0, str(pathlib.Path(__file__).parent / "generated"))
from ads.v1 import ads_pb2  # noqa: E402  (made by generate.sh)


def main(address):
    with grpc.insecure_channel(address) as channel:
        # what a generated stub would hold; Debian's protoc makes messages only
        ad_track = channel.unary_unary(
            "/ads.v1.ClickTrackService/AdTrack",
            request_serializer=ads_pb2.AdImpression.SerializeToString,
            response_deserializer=ads_pb2.Response.FromString,
        )
        for i in range(1, 4):
            impression = ads_pb2.AdImpression(ad_id=f"ad-{i}", context_id="python-client", session_id=f"session-{i}")
            impression.timestamp.GetCurrentTime()
            response = ad_track(impression, timeout=30)
            print(f"{impression.ad_id}: {response.status_code} {response.message}")
        try:
            ad_track(ads_pb2.AdImpression(context_id="python-client"), timeout=30)
        except grpc.RpcError as refused:
            print(f"refused: {refused.code().name} {refused.details()}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "localhost:8081")
