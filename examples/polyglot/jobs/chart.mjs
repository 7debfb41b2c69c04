// SPDX-License-Identifier: Apache-2.0
// Draws the ten most frequent words of a text.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const folder = join(process.env.OUT, basename(process.env.HIPPO_PARTITION));
const counts = new Map();
for (const word of readFileSync(join(folder, 'words'), 'utf8').split('\n').filter(Boolean)) {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}
const top = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 10);
const bars = top.map(([word, count], i) =>
  `<text x="0" y="${i * 20 + 15}">${word}</text><rect x="90" y="${i * 20}" height="18" width="${(count / top[0][1]) * 300}" fill="teal"/>`);
writeFileSync(join(folder, 'chart.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="${top.length * 20}" font-family="sans-serif">${bars.join('')}</svg>\n`);
writeFileSync(process.env.HIPPO_RESULT_FILE, JSON.stringify({ rows_out: top.length, top: top[0][0] }));
