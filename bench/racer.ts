import { racers } from './race/racers';
import { serve } from './race/serve';

/* One racer, or the server that they race against, in a process of its own: `racer.js <name> <order as JSON>`. */
const [name = '', order = '{}'] = process.argv.slice(2);
const racer = racers[name];
if (name === 'server') serve(JSON.parse(order));
else if (racer === undefined) process.exitCode = 3;
else {
  racer(JSON.parse(order)).then((result) => {
    process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit());
  });
}
