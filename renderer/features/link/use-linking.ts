import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Failure } from '../../../main/contract/errors.ts';
import type { RecordingRow } from '../../../main/contract/web/recordings.ts';
import { api, failureOf } from '../../api/client.ts';

const UNDO_MS = 10_000;

type Former = { recording: string; caseId: string | null; stage: RecordingRow['stage'] };
export type Linked = { linked: number; unchanged: number; to: string; undo: Former[] };

/**
 * Links at once and keeps the way back open for ten seconds. An undo is an entry of its own; nothing is erased.
 * `failure` is `unreachable` when the station did not answer.
 */
export function useLinking() {
  const cache = useQueryClient();
  const linking = useMutation(api.recordings.link.mutationOptions());
  const relinking = useMutation(api.recordings.relink.mutationOptions());
  const [done, setDone] = useState<Linked | null>(null);
  const [undone, setUndone] = useState(0);
  const [failure, setFailure] = useState<Failure | 'unreachable' | null>(null);
  useEffect(() => {
    if (done === null) return;
    const timer = setTimeout(() => setDone(null), UNDO_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const start = () => {
    setDone(null);
    setUndone(0);
    setFailure(null);
  };
  const changed = () => {
    void cache.invalidateQueries({ queryKey: api.recordings.key() });
    void cache.invalidateQueries({ queryKey: api.cases.key() });
  };
  const onError = (error: unknown) => setFailure(failureOf(error) ?? 'unreachable');

  const link = (recordings: string[], to: { caseId: string; stage: RecordingRow['stage']; name: string }) => {
    start();
    const { caseId, stage, name } = to;
    linking.mutate(
      { recordings, caseId, stage },
      {
        onError,
        onSuccess: (outcome) => {
          if (!outcome.ok) return setFailure(outcome.failure);
          setDone({ ...outcome.value, to: name });
          changed();
        },
      },
    );
  };
  const undo = () => {
    if (done === null || done.undo.length === 0) return;
    const links = done.undo;
    start();
    relinking.mutate(
      { links },
      {
        onError,
        onSuccess: (outcome) => {
          if (!outcome.ok) return setFailure(outcome.failure);
          setUndone(outcome.value.changed);
          changed();
        },
      },
    );
  };
  return { link, undo, done, undone, failure, busy: linking.isPending || relinking.isPending };
}
