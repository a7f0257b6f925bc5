import { z } from 'zod';

/**
 * The words of the notice on the three systems of administrative law enforcement (三项制度), as closed lists.
 * The Chinese words are what case lists of agencies contain, so the importer accepts both forms.
 */

/** Kinds of enforcement action, and how much of each has to be recorded. */
export const ACTION_KINDS = {
  seizure: { zh: '查封扣押财产', recording: 'full' },
  'forced-demolition': { zh: '强制拆除', recording: 'full' },
  'other-onsite-major': { zh: '其他重大现场执法', recording: 'full' },
  'case-handling-premises': { zh: '执法办案场所', recording: 'full' },
  'onsite-inspection': { zh: '现场检查', recording: 'as-required' },
  investigation: { zh: '调查取证', recording: 'as-required' },
  hearing: { zh: '举行听证', recording: 'as-required' },
  'service-by-leaving': { zh: '留置送达', recording: 'as-required' },
  'service-by-public-notice': { zh: '公告送达', recording: 'as-required' },
  'text-record-only': { zh: '文字记录', recording: 'text-suffices' },
} as const satisfies Record<string, { zh: string; recording: 'full' | 'as-required' | 'text-suffices' }>;

export const ActionKind = z.enum(Object.keys(ACTION_KINDS) as [keyof typeof ACTION_KINDS, ...(keyof typeof ACTION_KINDS)[]]);
export type ActionKind = z.infer<typeof ActionKind>;

/** What an officer has to do before the camera (notice, row 4), and anything else worth finding again, as marks on a recording. */
export const MARKS = {
  'credential-shown': { zh: '亮证' },
  'rights-told': { zh: '告知' },
  other: { zh: '其他' },
} as const;

export const MarkKind = z.enum(Object.keys(MARKS) as [keyof typeof MARKS, ...(keyof typeof MARKS)[]]);
export type MarkKind = z.infer<typeof MarkKind>;

/** Stages of an action; a recording is linked to a case and a stage. */
export const STAGES = {
  start: { zh: '启动' },
  investigation: { zh: '调查取证' },
  decision: { zh: '决定' },
  'service-and-execution': { zh: '送达执行' },
} as const;

export const Stage = z.enum(Object.keys(STAGES) as [keyof typeof STAGES, ...(keyof typeof STAGES)[]]);
export type Stage = z.infer<typeof Stage>;
