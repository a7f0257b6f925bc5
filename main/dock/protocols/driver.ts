import type { Login } from '../../contract/entries/dock.ts';
import type { Result } from '../../contract/errors.ts';
import type { Instant, LocalDateTime } from '../../contract/values.ts';

/** A vendor request to a USB device itself (USB 2.0, 9.3): what it means is its maker's affair. */
export type ControlRequest = { request: number; value: number; index: number };

/**
 * A device on its control pipe. Fails with `camera.no-answer` when it refuses the request (a stall), takes too long, or is
 * gone; what it answers may be shorter or longer than asked, and anything at all.
 */
export type ControlPipe = {
  send(request: ControlRequest, bytes: Uint8Array): Promise<Result<void>>;
  ask(request: ControlRequest, lengthBytes: number): Promise<Result<Uint8Array>>;
};

/** Time as a driver needs it: the station's clock, and waiting. */
export type Timer = { nowMs(): number; wait(ms: number): Promise<void> };

/** Whose password, and the password. */
export type CameraPassword = { login: Login; text: string };

/** What a camera says of itself and of who carries it; null where it says nothing that can be read. */
export type CameraIdentity = {
  serial: string | null;
  officerNumber: string | null;
  officerName: string | null;
  unitNumber: string | null;
  unitName: string | null;
};

/** At `at` of the station's clock, give or take `uncertaintyMs`, the camera's clock changed to `local`. */
export type ClockReading = { local: LocalDateTime; at: Instant; uncertaintyMs: number };

/**
 * How one family of cameras is talked to; one file for each. A driver never throws for what a device does: it fails with
 * `camera.no-answer` for silence and for what is no answer of this protocol, and with `camera.command-refused` for a plain no.
 * Nothing but `recognise` is asked before it said yes, and nothing but `unlock` before that has succeeded.
 */
export type CameraDriver = {
  id: string;
  /** Whether the device speaks this protocol. Changes nothing on it, and needs no password. */
  recognise(pipe: ControlPipe): Promise<boolean>;
  /** Whether a text can be a password of such a camera at all. */
  isPassword(text: string): boolean;
  /** Logs in, once: tries no second password. Succeeds only when the camera then gave what it keeps back; fails with `camera.password-wrong` too. */
  unlock(pipe: ControlPipe, password: CameraPassword): Promise<Result<void>>;
  readIdentity(pipe: ControlPipe): Promise<Result<CameraIdentity>>;
  /** Percent. */
  readBattery(pipe: ControlPipe): Promise<Result<number>>;
  /** Takes up to about a second: it waits for the clock to move on, which also shows that it runs. */
  readClock(pipe: ControlPipe, timer: Timer): Promise<Result<ClockReading>>;
  /** Succeeds when the camera confirms the time it was given. */
  setClock(pipe: ControlPipe, local: LocalDateTime): Promise<Result<void>>;
  /** Asks the camera to leave the bus and come back as a disk. Whether it did is to be seen on the bus. */
  switchToStorage(pipe: ControlPipe): Promise<Result<void>>;
};
