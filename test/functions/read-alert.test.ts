import { toAlertEvent } from '../../src/audit/alerts/alert-event';
import { readAlert } from '../../src/functions/read-alert';
import { aReportDraft } from '../audit/a-report-draft';

const report = { ...aReportDraft(), sequence: 1, previousHash: 'p', hash: 'h' };
const message = { webhook: 'HOOK', tries: 0, event: toAlertEvent({ kind: 'missed', before: null }, report) };

test('a message of ours is read whole', () => {
  expect(readAlert(JSON.parse(JSON.stringify(message)))).toEqual(message);
});

test.each([
  ['a text', 'canary'],
  ['another message', { customerId: 'canary', audits: [] }],
  ['no event', { ...message, event: undefined }],
  ['an event without an id', { ...message, event: { ...message.event, id: '' } }],
  ['a negative count', { ...message, tries: -1 }],
])('%s is refused without being repeated', (_, text) => {
  expect(() => readAlert(text)).toThrow(
    expect.objectContaining({ code: 'message-unusable', message: 'Cannot read a message of the queue of alerts.' }),
  );
  try {
    readAlert(text);
  } catch (error) {
    expect(JSON.stringify(error)).not.toContain('canary');
  }
});
