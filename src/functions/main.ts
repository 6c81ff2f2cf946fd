import './audit-poison';
import './audit-worker';
import './dashboard';
import './dispatch';
import './http';
import './warm-up';
import './watch';
