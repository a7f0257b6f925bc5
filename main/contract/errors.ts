import { z } from 'zod';

/**
 * The closed, append-only list of everything that can go wrong and be said to a person.
 * `retry`: `never` (the same input fails again), `later` (goes on by itself), `operator` (someone has to act).
 * `evidenceAtRisk`: bytes that are evidence may be missing or altered until someone has looked.
 */
export const ERRORS = {
  'usage.invalid': { retry: 'never', evidenceAtRisk: false },
  'internal.bug': { retry: 'never', evidenceAtRisk: false },
  'data-folder.missing': { retry: 'operator', evidenceAtRisk: false },
  'data-folder.held': { retry: 'operator', evidenceAtRisk: false },
  'data-folder.newer': { retry: 'operator', evidenceAtRisk: false },
  'data-folder.damaged': { retry: 'operator', evidenceAtRisk: false },
  'data-folder.station-unreachable': { retry: 'operator', evidenceAtRisk: false },
  'database.damaged': { retry: 'operator', evidenceAtRisk: true },
  'ledger.chain-broken': { retry: 'operator', evidenceAtRisk: true },
  'ledger.segment-damaged': { retry: 'operator', evidenceAtRisk: true },
  'ledger.write-failed': { retry: 'operator', evidenceAtRisk: true },
  'projection.differs': { retry: 'operator', evidenceAtRisk: false },
  'vault.full': { retry: 'operator', evidenceAtRisk: false },
  'vault.write-failed': { retry: 'operator', evidenceAtRisk: false },
  'vault.read-back-differs': { retry: 'operator', evidenceAtRisk: false },
  'vault.item-missing': { retry: 'operator', evidenceAtRisk: true },
  'vault.item-differs': { retry: 'operator', evidenceAtRisk: true },
  'vault.sidecar-damaged': { retry: 'operator', evidenceAtRisk: false },
  'vault.unexpected': { retry: 'operator', evidenceAtRisk: false },
  'source.missing': { retry: 'operator', evidenceAtRisk: false },
  'source.unreadable': { retry: 'operator', evidenceAtRisk: true },
  'source.changed': { retry: 'later', evidenceAtRisk: false },
  'source.gone': { retry: 'operator', evidenceAtRisk: true },
  'source.not-stored': { retry: 'operator', evidenceAtRisk: true },
  'source.symlink': { retry: 'never', evidenceAtRisk: false },
  'source.special-file': { retry: 'never', evidenceAtRisk: false },
  'source.other-file-system': { retry: 'never', evidenceAtRisk: false },
  'source.folder-loop': { retry: 'never', evidenceAtRisk: false },
  'source.too-deep': { retry: 'never', evidenceAtRisk: false },
  'camera.not-registered': { retry: 'operator', evidenceAtRisk: false },
  'camera.identity-twice': { retry: 'operator', evidenceAtRisk: false },
  'camera.unreadable': { retry: 'operator', evidenceAtRisk: true },
  'docking.interrupted': { retry: 'operator', evidenceAtRisk: true },
  'case.row-invalid': { retry: 'operator', evidenceAtRisk: false },
  'case.file-unreadable': { retry: 'operator', evidenceAtRisk: false },
  'case.unknown': { retry: 'operator', evidenceAtRisk: false },
  'unit.unknown': { retry: 'operator', evidenceAtRisk: false },
  'camera.row-invalid': { retry: 'operator', evidenceAtRisk: false },
  'mark.unknown': { retry: 'never', evidenceAtRisk: false },
  'mark.outside': { retry: 'operator', evidenceAtRisk: false },
  'view.too-many': { retry: 'operator', evidenceAtRisk: false },
  'person.row-invalid': { retry: 'operator', evidenceAtRisk: false },
  'policy.invalid': { retry: 'never', evidenceAtRisk: false },
  'destination.unknown': { retry: 'operator', evidenceAtRisk: false },
  'destination.exists': { retry: 'operator', evidenceAtRisk: false },
  'destination.unreachable': { retry: 'later', evidenceAtRisk: false },
  'destination.identity-differs': { retry: 'operator', evidenceAtRisk: false },
  'destination.full': { retry: 'operator', evidenceAtRisk: false },
  'destination.write-failed': { retry: 'later', evidenceAtRisk: false },
  'destination.read-back-differs': { retry: 'operator', evidenceAtRisk: true },
  'destination.conflict': { retry: 'operator', evidenceAtRisk: true },
  'clear.not-proven': { retry: 'later', evidenceAtRisk: false },
  'clear.no-receipt': { retry: 'later', evidenceAtRisk: false },
  'clear.file-changed': { retry: 'later', evidenceAtRisk: false },
  'clear.remove-failed': { retry: 'operator', evidenceAtRisk: false },
  'export.folder-not-empty': { retry: 'operator', evidenceAtRisk: false },
  'export.nothing-linked': { retry: 'operator', evidenceAtRisk: false },
  'archive.item-missing': { retry: 'operator', evidenceAtRisk: true },
  'archive.item-differs': { retry: 'operator', evidenceAtRisk: true },
  'archive.bag-damaged': { retry: 'operator', evidenceAtRisk: true },
  'archive.unexpected': { retry: 'operator', evidenceAtRisk: false },
  'report.write-failed': { retry: 'operator', evidenceAtRisk: false },
  'export.write-failed': { retry: 'operator', evidenceAtRisk: false },
  'media.tool-missing': { retry: 'operator', evidenceAtRisk: false },
  'station.port-taken': { retry: 'operator', evidenceAtRisk: false },
  'station.socket-taken': { retry: 'operator', evidenceAtRisk: false },
  'session.needed': { retry: 'operator', evidenceAtRisk: false },
  'session.not-allowed': { retry: 'never', evidenceAtRisk: false },
  'session.wrong': { retry: 'operator', evidenceAtRisk: false },
  'session.locked': { retry: 'later', evidenceAtRisk: false },
  'session.new-pin-needed': { retry: 'operator', evidenceAtRisk: false },
  'session.code-wrong': { retry: 'operator', evidenceAtRisk: false },
  'request.refused': { retry: 'never', evidenceAtRisk: false },
  'reconciliation.unknown': { retry: 'operator', evidenceAtRisk: false },
  'difference.unknown': { retry: 'operator', evidenceAtRisk: false },
  'difference.explained-already': { retry: 'never', evidenceAtRisk: false },
  'explanation.unknown': { retry: 'never', evidenceAtRisk: false },
  'report.printer-missing': { retry: 'operator', evidenceAtRisk: false },
  'report.print-failed': { retry: 'operator', evidenceAtRisk: false },
  'clear.names-camera': { retry: 'later', evidenceAtRisk: false },
  'camera.merge-refused': { retry: 'never', evidenceAtRisk: false },
  'source.stalled': { retry: 'later', evidenceAtRisk: false },
  'run.under-way': { retry: 'later', evidenceAtRisk: false },
  'run.cancelled': { retry: 'operator', evidenceAtRisk: false },
  'docking.not-copying': { retry: 'never', evidenceAtRisk: false },
  'docking.cancelled': { retry: 'operator', evidenceAtRisk: true },
  'usb.not-a-camera': { retry: 'never', evidenceAtRisk: false },
  'usb.composite': { retry: 'never', evidenceAtRisk: false },
  'usb.not-privileged': { retry: 'operator', evidenceAtRisk: true },
  'clear.write-protected': { retry: 'operator', evidenceAtRisk: false },
  'source.incomplete': { retry: 'operator', evidenceAtRisk: true },
  'data-folder.taken': { retry: 'operator', evidenceAtRisk: false },
  'archive.no-ledger': { retry: 'operator', evidenceAtRisk: false },
  'archive.which-station': { retry: 'operator', evidenceAtRisk: false },
  'catalogue.failed': { retry: 'later', evidenceAtRisk: false },
  'archive.no-catalogue': { retry: 'operator', evidenceAtRisk: false },
  'port.nothing-plugged': { retry: 'operator', evidenceAtRisk: false },
  'port.not-learned': { retry: 'never', evidenceAtRisk: false },
  'usb.not-watched': { retry: 'operator', evidenceAtRisk: false },
  'camera.password-missing': { retry: 'operator', evidenceAtRisk: true },
  'camera.password-wrong': { retry: 'operator', evidenceAtRisk: true },
  'camera.password-invalid': { retry: 'never', evidenceAtRisk: false },
  'camera.no-answer': { retry: 'operator', evidenceAtRisk: true },
  'camera.command-refused': { retry: 'operator', evidenceAtRisk: true },
  'camera.not-switched': { retry: 'operator', evidenceAtRisk: true },
  'camera.clock-not-read': { retry: 'operator', evidenceAtRisk: false },
  'camera.clock-not-set': { retry: 'operator', evidenceAtRisk: false },
  'usb.unstable': { retry: 'operator', evidenceAtRisk: true },
  'usb.no-answer': { retry: 'operator', evidenceAtRisk: true },
  'usb.no-power': { retry: 'operator', evidenceAtRisk: true },
  'usb.controller-full': { retry: 'operator', evidenceAtRisk: true },
  'usb.too-slow': { retry: 'operator', evidenceAtRisk: false },
  'usb.read-errors': { retry: 'operator', evidenceAtRisk: true },
  'usb.undervoltage': { retry: 'operator', evidenceAtRisk: false },
  'usb.wrong-mode': { retry: 'operator', evidenceAtRisk: true },
  'usb.log-unreadable': { retry: 'operator', evidenceAtRisk: false },
} as const satisfies Record<string, { retry: 'never' | 'later' | 'operator'; evidenceAtRisk: boolean }>;

export const ErrorCode = z.enum(Object.keys(ERRORS) as [keyof typeof ERRORS, ...(keyof typeof ERRORS)[]]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** One thing that went wrong: which code, what it concerns, and the system's own words where there are any. */
export const Failure = z.strictObject({
  code: ErrorCode,
  /** What it concerns, as a person would name it: a path, a serial, a case number, a row. */
  what: z.string(),
  /** Technical detail for the log and the report; never the only explanation. */
  detail: z.string(),
});
export type Failure = z.infer<typeof Failure>;

/** An expected outcome: a value or a failure. A throw is a bug. */
export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

export function done<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function failed(code: ErrorCode, what: string, detail = ''): { ok: false; failure: Failure } {
  return { ok: false, failure: { code, what, detail } };
}
