import { useSyncExternalStore } from 'react';
import type { Theme } from './tokens.pure.ts';

export type Language = 'zh-CN' | 'en';
export type Preferences = { theme: Theme; language: Language };

const STORED = 'evidock.preferences';
const listeners = new Set<() => void>();
let current = read();

/** What was chosen on this screen before; the system's theme and Chinese until somebody chooses. */
function read(): Preferences {
  const system: Theme = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  try {
    const stored = JSON.parse(localStorage.getItem(STORED) ?? '{}') as Partial<Preferences>;
    return {
      theme: stored.theme === 'light' || stored.theme === 'dark' ? stored.theme : system,
      language: stored.language === 'en' ? 'en' : 'zh-CN',
    };
  } catch {
    return { theme: system, language: 'zh-CN' };
  }
}

export function preferences(): Preferences {
  return current;
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  localStorage.setItem(STORED, JSON.stringify(current));
  for (const listener of listeners) listener();
}

export function onPreference(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(onPreference, preferences);
}
