/** A span of time in ms; a null end is open. */
export type Span = { startMs: number; endMs: number | null };
export type CaseSpan = { caseId: string; span: Span };

/** A case whose end nobody has entered counts as going on this long. */
const OPEN_END_MS = 24 * 60 * 60_000;

/** The one case that overlaps a recording in time; null when none does or more than one. */
export function suggestCase(recording: Span, cases: readonly CaseSpan[]): string | null {
  const overlapping = cases.filter(({ span }) => overlaps(recording, { ...span, endMs: span.endMs ?? span.startMs + OPEN_END_MS }));
  return overlapping.length === 1 ? (overlapping[0]?.caseId ?? null) : null;
}

/** Whether two spans share a moment; a recording of unknown length counts as its first moment. */
function overlaps(recording: Span, other: { startMs: number; endMs: number }): boolean {
  return recording.startMs <= other.endMs && (recording.endMs ?? recording.startMs) >= other.startMs;
}
