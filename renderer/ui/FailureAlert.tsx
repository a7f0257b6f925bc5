import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../main/contract/errors.ts';
import { useFailureText } from './panels.tsx';

/** A failure beside what failed: what happened and what to do. `unreachable` when the station could not be asked. */
export function FailureAlert({ failure }: { failure: Failure | 'unreachable' | null }) {
  const { t } = useTranslation();
  const textOf = useFailureText();
  if (failure === null) return null;
  const { what, next } = failure === 'unreachable' ? { what: t('unreachable'), next: t('unreachableNext') } : textOf(failure);
  return <Alert type="error" role="alert" showIcon title={what} description={next === '' ? undefined : next} />;
}
