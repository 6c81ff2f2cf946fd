import { app } from '@azure/functions';
import { loadWork } from './load-work';

/* Once the functions are registered the host is busy for a while: what the first invocation needs is loaded meanwhile. */
app.hook.appStart(() => {
  // Not awaited: the host need not wait. What cannot be loaded is told by the first invocation.
  loadWork().catch(() => undefined);
});
