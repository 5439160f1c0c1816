// The architecture: which folder may import which, and where each vendor SDK may be found.
// docs: CONTRIBUTING.md, "Where things live".
const MAY_IMPORT = {
  lib: [],
  api: ['lib'],
  runtime: ['lib'],
  store: ['api', 'lib'],
  backends: ['api', 'lib'],
  sources: ['api', 'lib', 'store'],
  provisioning: ['api', 'lib', 'store', 'sources/source.ts', 'backends/backend.ts'],
  controllers: [
    'api',
    'lib',
    'runtime',
    'store',
    'provisioning',
    'backends/backend.ts',
    'sources/source.ts',
  ],
  server: ['api', 'lib', 'store'],
  migrations: [],
  examples: [],
};

const FOUND_ONLY_IN = {
  pino: 'lib',
  ajv: 'api',
  croner: 'api',
  kysely: '(store|migrations)',
  pg: 'store',
  '@aws-sdk': 'backends/ec2',
  dockerode: 'backends/docker',
  '@kubernetes/client-node': 'sources/kubernetes',
  fastify: 'server',
  '@fastify/swagger': 'server',
  commander: 'cmd',
};

const TOP = [
  'api',
  'backends',
  'bench',
  'cmd',
  'controllers',
  'examples',
  'lib',
  'migrations',
  'provisioning',
  'runtime',
  'server',
  'sources',
  'store',
  'test',
];

const layers = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports-only-what-the-table-allows`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: {
    path: `^(${TOP.join('|')})/`,
    pathNot: `^(${[folder, ...allowed].map((one) => (one.endsWith('.ts') ? one.replace('.', '\\.') : `${one}/`)).join('|')})`,
  },
}));

const vendors = Object.entries(FOUND_ONLY_IN).map(([vendor, home]) => ({
  name: `${vendor}-only-in-${home}`,
  severity: 'error',
  from: { pathNot: `^(${home}/|cmd/|test/|bench/)` },
  to: { path: `node_modules/${vendor}(/|$)` },
}));

const siblings = ['backends', 'controllers'].map((folder) => ({
  name: `${folder}-do-not-import-each-other`,
  severity: 'error',
  from: { path: `^${folder}/([^/]+)/` },
  to: { path: `^${folder}/[^/]+/`, pathNot: `^${folder}/$1/` },
}));

export default {
  forbidden: [
    ...layers,
    ...vendors,
    ...siblings,
    {
      name: 'child-processes-start-in-one-place',
      severity: 'error',
      from: { pathNot: '^(backends/process/|lib/command\\.ts|cmd/|test/|bench/|examples/)' },
      to: { path: '^(node:)?child_process$' },
    },
    {
      name: 'only-the-workspace-controller-launches',
      severity: 'error',
      from: { pathNot: '^(controllers/workspace/|cmd/|test/|bench/)' },
      to: { path: '^controllers/workspace/perform\\.ts$' },
    },
    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^(test|bench)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
