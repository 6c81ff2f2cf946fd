import type { AuditState } from '../check';
import type { View } from './view';

/** What the planning of a load-balance audit looks at. */
export interface Facts {
  readonly state: AuditState;
  readonly view: View;
}
