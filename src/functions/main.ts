import './audit-poison';
import './audit-worker';
import './dispatch';
import './http';
import './watch';
