import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Failure } from '../../../main/contract/errors.ts';
import { useFailureText } from '../../ui/panels.tsx';

type TroubleProps = { failure: Failure | 'unreachable' | null; text: string | null };

/** What stands between a person and the sign-in: a failure of the station, or a sentence about what was typed. */
export function Trouble({ failure, text }: TroubleProps) {
  const { t } = useTranslation();
  const textOf = useFailureText();
  if (failure === null && text === null) return null;
  const { what, next } =
    failure === null
      ? { what: text ?? '', next: '' }
      : failure === 'unreachable'
        ? { what: t('unreachable'), next: t('unreachableNext') }
        : textOf(failure);
  return <Alert type="error" role="alert" showIcon title={what} description={next === '' ? undefined : next} />;
}
