#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sends three impressions and one that is refused. Argument: the door's address, localhost:8081 by default."""

import sys
import urllib.request

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


def contract(address):
    """The message classes, from the contracts that the running door serves: no .proto file here, no generated code."""
    pool = descriptor_pool.DescriptorPool()
    with urllib.request.urlopen(f"http://{address}/contracts", timeout=30) as contracts:
        for file in descriptor_pb2.FileDescriptorSet.FromString(contracts.read()).file:
            pool.Add(file)

    def message(name):
        descriptor = pool.FindMessageTypeByName(name)
        if hasattr(message_factory, "GetMessageClass"):
            return message_factory.GetMessageClass(descriptor)
        return message_factory.MessageFactory(pool).GetPrototype(descriptor)  # protobuf before 4.22

    return message("ads.v1.AdImpression"), message("ads.v1.Response")


def main(address):
    AdImpression, Response = contract(address)
    with grpc.insecure_channel(address) as channel:
        # what a generated stub would hold
        ad_track = channel.unary_unary(
            "/ads.v1.ClickTrackService/AdTrack",
            request_serializer=AdImpression.SerializeToString,
            response_deserializer=Response.FromString,
        )
        for i in range(1, 4):
            impression = AdImpression(ad_id=f"ad-{i}", context_id="python-client", session_id=f"session-{i}")
            impression.timestamp.GetCurrentTime()
            response = ad_track(impression, timeout=30)
            print(f"{impression.ad_id}: {response.status_code} {response.message}")
        try:
            ad_track(AdImpression(context_id="python-client"), timeout=30)
        except grpc.RpcError as refused:
            print(f"refused: {refused.code().name} {refused.details()}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "localhost:8081")
