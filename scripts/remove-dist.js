// Runs before `npm pack` builds (`prepare`): what an earlier build left behind is not packed.
const { rmSync } = require('node:fs');
const { join } = require('node:path');

rmSync(join(__dirname, '..', 'dist'), { recursive: true, force: true });
