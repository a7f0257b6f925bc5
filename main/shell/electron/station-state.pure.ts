import type { Failure } from '../../contract/errors.ts';

/** What the shell knows of its station. */
export type StationState =
  | { kind: 'starting' }
  /** `copying` is null while that is not known; `attached`: the station is not the shell's own. */
  | { kind: 'running'; attached: boolean; copying: number | null }
  | { kind: 'away'; attached: boolean; crashes: number; retryMs: number; failure: Failure | null }
  | { kind: 'no-access'; socket: string }
  | { kind: 'misconfigured'; failure: Failure };

/** Crashes in a row after which it is said that waiting alone may not help. */
const FAILING_AFTER = 3;

/** Whether the station ends again and again as soon as it is started. */
export function isFailing(state: StationState): boolean {
  return state.kind === 'away' && state.crashes >= FAILING_AFTER;
}

/** What the tray says. */
export function trayText(state: StationState): string {
  switch (state.kind) {
    case 'starting':
      return '采集站启动中 Station starting';
    case 'away':
      if (isFailing(state)) return '采集站反复启动失败，仍在重试 Station keeps failing, still trying';
      return state.attached ? '采集站服务未响应 Station service away' : '采集站未响应，正在重启 Station away, restarting';
    case 'no-access':
      return '无权使用采集站服务 No access to the station service';
    case 'misconfigured':
      return '采集站配置有误 Station configuration is wrong';
    case 'running':
      return state.copying !== null && state.copying > 0
        ? `正在采集 ${state.copying} 台 Copying from ${state.copying}`
        : '采集站运行中 Station running';
  }
}

/** Whether quitting would stop a copy, so that it needs a second, different touch. Not knowing counts as copying. */
export function quitNeedsConfirming(state: StationState): boolean {
  return state.kind === 'running' && !state.attached && state.copying !== 0;
}
