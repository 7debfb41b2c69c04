#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the Python message classes from the contract that the running door serves. Needs curl and protoc (Debian: protobuf-compiler).
set -e
cd "$(dirname "$0")"
mkdir -p generated
curl -fsS "http://${1:-localhost:8081}/contracts" -o generated/contracts.binpb
protoc --descriptor_set_in=generated/contracts.binpb --python_out=generated \
    ads/v1/ads.proto buf/validate/validate.proto hippo/options.proto
