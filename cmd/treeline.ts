#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Compiled code is kept beside the packages: it halves the start, `npm ci` clears it, nobody else can write there.
enableCompileCache(join(import.meta.dirname, '..', 'node_modules', '.cache', 'treeline'));

// Imported only now, because an import statement would be loaded before the cache is on.
const { enter } = await import('./enter.ts');
await enter(process);
