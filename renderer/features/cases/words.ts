import { useTranslation } from 'react-i18next';
import type { CaseRow } from '../../../main/contract/web/cases.ts';

export type ActionName = CaseRow['actionKind'];
export const ACTIONS = [
  'seizure',
  'forced-demolition',
  'other-onsite-major',
  'case-handling-premises',
  'onsite-inspection',
  'investigation',
  'hearing',
  'service-by-leaving',
  'service-by-public-notice',
  'text-record-only',
] as const satisfies readonly ActionName[];

export const STAGES = ['start', 'investigation', 'decision', 'service-and-execution'] as const satisfies readonly CaseRow['missingStages'][number][];

/** What a case still lacks, in words, by how much of its kind of action has to be recorded; null when it lacks nothing. */
export function useMissing(): (row: CaseRow) => string | null {
  const { t } = useTranslation('cases');
  const stageWord = useTranslation('recordings').t;
  return (row) => {
    if (row.missingStages.length > 0) return t('missing', { stages: row.missingStages.map((stage) => stageWord(`stage.${stage}`)).join(t('and')) });
    return row.recordings === 0 && row.recordingRule === 'as-required' ? t('noneYet') : null;
  };
}
