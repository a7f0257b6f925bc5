import type { DeadlineSettled } from '../contract/entries/evidence.ts';

/**
 * Whether a unit was stored within the hours the rule gives, by the station's clock alone. It was recorded at some
 * unknown moment between `earliest` (the last clean end of a docking of its camera, when the camera was known to hold
 * nothing) and `latest` (this docking's start). On time or late is said only when every such moment agrees.
 */
export function settleDeadline(facts: {
  hours: number;
  earliest: string | null;
  latest: string;
  storedAt: string;
  clock: DeadlineSettled['clock'];
}): DeadlineSettled {
  const { hours, earliest, latest, storedAt, clock } = facts;
  const verdict = (outcome: DeadlineSettled['outcome'], basis: DeadlineSettled['basis']): DeadlineSettled => ({
    rule: 'store-within',
    outcome,
    basis,
    hours,
    earliest,
    latest,
    storedAt,
    clock,
  });
  const limitMs = hours * 3_600_000;
  const stored = Date.parse(storedAt);
  if (clock === 'station-unchecked') return verdict('undetermined', 'clock-unchecked');
  if (stored < Date.parse(latest) || (earliest !== null && Date.parse(latest) < Date.parse(earliest))) {
    return verdict('undetermined', 'clock-went-back');
  }
  if (stored - Date.parse(latest) > limitMs) return verdict('late', 'attached-too-long');
  if (earliest === null) return verdict('undetermined', 'first-docking');
  return stored - Date.parse(earliest) <= limitMs ? verdict('on-time', 'bounded-by-dockings') : verdict('undetermined', 'window-too-wide');
}
