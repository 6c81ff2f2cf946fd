import { createStops } from '../../local/stops';

test('what was started last is stopped first, whatever fails on the way, and only once', async () => {
  const stopped: string[] = [];
  const stops = createStops();
  stops.add(async (graceMs) => void stopped.push(`first ${graceMs}`));
  stops.add(() => Promise.reject(new Error('will not stop')));
  stops.add(async () => void stopped.push('last'));
  await Promise.all([stops.run(7), stops.run(8)]);
  expect(stopped).toEqual(['last', 'first 7']);
});
