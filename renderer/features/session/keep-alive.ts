const EVENT = 'evidock:keep-alive';

/** Something a person watches goes on (a film plays): counts as a touch. Call it as often as you like. */
export function keepAlive(): void {
  window.dispatchEvent(new Event(EVENT));
}

/** Calls back for everything that counts as a person being there; gives the way to stop. */
export function onPresence(listener: () => void): () => void {
  const kinds = ['pointerdown', 'pointermove', 'keydown', 'wheel', EVENT];
  for (const kind of kinds) window.addEventListener(kind, listener, { capture: true, passive: true });
  return () => {
    for (const kind of kinds) window.removeEventListener(kind, listener, { capture: true });
  };
}
