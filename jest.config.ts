import type { Config } from 'jest';

export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/strip-types.ts' },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.treeline/', '<rootDir>/.cache/'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  reporters: ['default', '<rootDir>/test/support/closing-line.ts'],
  // Half of the tests wait for a database or a process; the default, one worker fewer than cores, leaves a core idle.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  // A hang is a failure; a busy machine is not.
  testTimeout: 120_000,
} satisfies Config;
