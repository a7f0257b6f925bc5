import type { ReactNode } from 'react';
import type { StateName } from './tokens.pure.ts';

// Drawn on 24 by 24, thick enough to be told apart at a quarter of the size.
const SIGNS: Record<StateName, ReactNode> = {
  empty: <path d="M12 5v9m-4-3.5 4 4 4-4M5 19h14" />,
  recognising: <path d="M10.5 4.5a6 6 0 1 1 0 12 6 6 0 0 1 0-12ZM15 15l5 5" />,
  locked: <path d="M8 10.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Zm3.2 1.3L20 3m-3.6 3.6L19 9.2m-5-.2 2 2" />,
  refused: <path d="M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM6.2 6.2l11.6 11.6" />,
  copying: <path d="M12 4v11m-5-5 5 5 5-5M5 20h14" />,
  proving: <path d="M4 8V4h4m8 0h4v4m0 8v4h-4m-8 0H4v-4m4-4 3 3 5-6" />,
  paused: <path d="M8 5v14M16 5v14" strokeWidth="4" />,
  safe: <path d="M3.5 12.5 9.5 19 20.5 5.5" strokeWidth="4" />,
  kept: <path d="M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17ZM8 12.2l3 3 5-6" />,
  interrupted: <path d="M20.4 10.5A8.5 8.5 0 0 0 5 7.2M3.6 13.5A8.5 8.5 0 0 0 19 16.8M5 3v4.5h4.5M19 21v-4.5h-4.5" />,
  attention: <path d="M12 3.5 21.5 20h-19L12 3.5ZM12 10v4.5m0 2.4v.2" />,
  fault: <path d="M5.5 5.5l13 13m0-13-13 13" strokeWidth="4" />,
};

/** The sign of a port's state; the word stands beside it, so it is not read out. */
export function StateSign({ state, size = 24 }: { state: StateName; size?: number | string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {SIGNS[state]}
    </svg>
  );
}
