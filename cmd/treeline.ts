#!/usr/bin/env -S node --max-semi-space-size=4 --heap-growing-percent=20
// 4 MiB for young objects: at 10,000 records the default of 16 costs 120 MB of memory and saves no time (bench/growth.ts). The old ones are
// collected once they have grown by a fifth: at a tenth 10,000 agents take 5 MB less and wait longer for one heartbeat in a hundred
// (bench/heartbeats.ts).
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Compiled code is kept beside the packages: it halves the start, `npm ci` clears it, nobody else can write there.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'treeline'));

// Imported only now, because an import statement would be loaded before the cache is on.
const { enter } = await import('./enter.ts');
await enter(process);
