#!/usr/bin/env node
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 22) {
  process.stderr.write(
    `error: gateway-audit needs Node 22 or newer; this is ${process.version}. In a clone, use \`npm run -s audit -- …\` after \`npm install\`.\n`,
  );
  process.exit(3);
}
require('../dist/src/cli/main.js');
