/** @param {'typescript' | 'ecmascript'} syntax */
const compiled = (syntax) => [
  '@swc/jest',
  { jsc: { target: 'es2023', parser: { syntax } }, module: { type: 'commonjs' } },
];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // A test that hangs is to end, and none is to fail because a machine is busy.
  testTimeout: 30_000,
  // What is loaded only when needed is imported by the name that it has once compiled; here it is not.
  moduleNameMapper: { '^(\\./otel-tracer)\\.js$': '$1' },
  globalSetup: '<rootDir>/test/azurite-setup.ts',
  globalTeardown: '<rootDir>/test/azurite-teardown.ts',
  transform: { '^.+\\.ts$': compiled('typescript'), '/otlp-exporter-base/.+\\.js$': compiled('ecmascript') },
  // It imports node:http when it first sends; without a flag of node's jest can only run what is compiled to `require`.
  transformIgnorePatterns: ['/node_modules/(?!@opentelemetry/otlp-exporter-base/)'],
};
