import { LoadingOutlined } from '@ant-design/icons';
import { type UseMutationOptions, useMutation, useMutationState } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Failure } from '../../main/contract/errors.ts';
import { failureOf } from '../api/client.ts';
import { durationText } from './format.pure.ts';
import css from './long-run.module.css';

export type LongRun<Input, Output> = {
  start: (input: Input) => void;
  /** The run that goes on, or the last one; null when there was none since the window opened. */
  last: {
    input: Input;
    startedAt: number;
    state: 'running' | 'done' | 'failed';
    output: Output | null;
    failure: Failure | 'unreachable' | null;
  } | null;
};

/** Work that takes minutes: the page may be left while it runs, and shows it again, with its result, when one comes back. */
export function useLongRun<Output, Failing, Input>(options: UseMutationOptions<Output, Failing, Input>): LongRun<Input, Output> {
  const { mutate } = useMutation({ ...options, gcTime: Number.POSITIVE_INFINITY });
  const runs = useMutationState({ filters: { mutationKey: options.mutationKey ?? [], exact: true } });
  const last = runs.at(-1);
  if (last === undefined) return { start: mutate, last: null };
  const state = last.status === 'success' ? 'done' : last.status === 'error' ? 'failed' : 'running';
  return {
    start: mutate,
    last: {
      // The key belongs to this procedure alone, so these are its own types.
      input: last.variables as Input,
      startedAt: last.submittedAt,
      state,
      output: state === 'done' ? (last.data as Output) : null,
      failure: state === 'failed' ? (failureOf(last.error) ?? 'unreachable') : null,
    },
  };
}

/** What is being done and for how long already. */
export function Running({ label, hint, startedAt }: { label: string; hint?: string; startedAt: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className={css.running} role="status">
      <LoadingOutlined aria-hidden />
      <div>
        <strong>
          {label} <span aria-hidden="true">{durationText(Math.max(0, now - startedAt))}</span>
        </strong>
        {hint !== undefined && <p>{hint}</p>}
      </div>
    </div>
  );
}
