// SPDX-License-Identifier: Apache-2.0
// Sends three impressions and one that is refused. Argument: the door's address, localhost:8081 by default.
'use strict';

const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');

async function main(address) {
  // the contract comes from the running door: no .proto file here, no generated code
  const contracts = await fetch(`http://${address}/contracts`);
  const definition = protoLoader.loadFileDescriptorSetFromBuffer(Buffer.from(await contracts.arrayBuffer()), {
    keepCase: true,
  });
  const { ClickTrackService } = grpc.loadPackageDefinition(definition).ads.v1;
  const clicks = new ClickTrackService(address, grpc.credentials.createInsecure());
  const adTrack = (impression) =>
    new Promise((resolve, reject) => {
      clicks.AdTrack(impression, { deadline: Date.now() + 30_000 }, (error, response) =>
        error ? reject(error) : resolve(response),
      );
    });

  const now = () => ({ seconds: Math.floor(Date.now() / 1000), nanos: (Date.now() % 1000) * 1_000_000 });
  for (let i = 1; i <= 3; i++) {
    const response = await adTrack({
      ad_id: `ad-${i}`,
      context_id: 'node-client',
      user_id: `user-${i}`,
      timestamp: now(),
    });
    console.log(`ad-${i}: ${response.status_code} ${response.message}`);
  }
  try {
    await adTrack({ context_id: 'node-client' });
  } catch (refused) {
    console.log(`refused: ${grpc.status[refused.code]} ${refused.details}`);
  }
  clicks.close();
}

main(process.argv[2] ?? 'localhost:8081').catch((error) => {
  console.error(error.message);
  process.exit(1);
});
