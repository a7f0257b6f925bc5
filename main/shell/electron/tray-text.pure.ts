/** What the shell knows of its station. `copying` is null while that is not known. */
export type StationState = { kind: 'starting' | 'running' | 'away'; attached: boolean; copying: number | null };

/** What the tray says. */
export function trayText(state: StationState): string {
  if (state.kind === 'starting') return '采集站启动中 Station starting';
  if (state.kind === 'away') return '采集站未响应，正在重启 Station away, restarting';
  if (state.copying !== null && state.copying > 0) return `正在采集 ${state.copying} 台 Copying from ${state.copying}`;
  return '采集站运行中 Station running';
}

/** Whether quitting would stop a copy, so that it needs a second, different touch. Not knowing counts as copying. */
export function quitNeedsConfirming(state: StationState): boolean {
  return !state.attached && state.kind === 'running' && state.copying !== 0;
}
