import { expect, test } from 'vitest';
import { nmeaLog } from '../../fixtures/cameras/nmea.ts';
import { pointsIn } from './nmea.pure.ts';

test('a track of a receiver is read second by second', () => {
  const points = pointsIn(nmeaLog(Date.parse('2026-03-02T06:03:12Z'), 3, 0));
  expect(points).toEqual(
    [0, 1, 2].map((second) => ({ atMs: Date.parse('2026-03-02T06:03:12Z') + second * 1000, latitude: 30.945, longitude: expect.any(Number) })),
  );
  expect(points[2]?.longitude).toBeCloseTo(117 + 48.501 / 60, 6);
});

test('south and west are below zero; what is damaged, not valid, or no position at all tells nothing', () => {
  const sum = (body: string) =>
    [...body]
      .reduce((so, one) => so ^ one.charCodeAt(0), 0)
      .toString(16)
      .padStart(2, '0');
  const said = (body: string) => `$${body}*${sum(body)}\r\n`;
  expect(pointsIn(said('GNRMC,060312.00,A,3330.0000,S,07036.0000,W,,,020326,,,A'))).toEqual([
    { atMs: Date.parse('2026-03-02T06:03:12Z'), latitude: -33.5, longitude: -70.6 },
  ]);
  expect(pointsIn(said('GPRMC,060312.00,V,3330.0000,S,07036.0000,W,,,020326,,,N'))).toEqual([]);
  expect(pointsIn(said('GPRMC,,V,,,,,,,,,,N'))).toEqual([]);
  expect(pointsIn(said('GPRMC,060312.00,A,3330.0000,S,07036.0000,W,,,310226,,,A').replace('3330', '3331'))).toEqual([]);
  expect(pointsIn('not a track')).toEqual([]);
});
