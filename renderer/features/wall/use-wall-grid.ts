import { useCallback, useMemo, useState } from 'react';
import { type WallGrid, wallGrid } from './grid.pure.ts';

/** The grid for the room there is: a ref for the area, and the grid once its size is known. Follows the window. */
export function useWallGrid(count: number): [ref: (area: HTMLElement | null) => (() => void) | undefined, grid: WallGrid | null] {
  const [room, setRoom] = useState<{ width: number; height: number } | null>(null);
  const ref = useCallback((area: HTMLElement | null) => {
    if (area === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setRoom({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(area);
    return () => observer.disconnect();
  }, []);
  const grid = useMemo(() => room && wallGrid(count, room.width, room.height), [room, count]);
  return [ref, grid];
}
