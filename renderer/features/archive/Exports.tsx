import { DownloadOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ExportFormat } from '../../../main/contract/web/archive.ts';
import { api, failureOf } from '../../api/client.ts';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import css from './archive.module.css';
import { saveFile } from './save-file.ts';

const FORMATS = ['pdf', 'xlsx', 'json'] as const satisfies ExportFormat[];

/** The sheet to sign in the screen's language, as the station makes it, and the result as it was recorded. */
export function Exports({ id }: { id: string }) {
  const { t, i18n } = useTranslation('archive');
  const { mutate, variables, error, isPending } = useMutation(api.archive.export.mutationOptions({ onSuccess: ({ body }) => saveFile(body) }));
  const language = i18n.language === 'en' ? 'en' : 'zh';
  return (
    <div className={css.bar}>
      {FORMATS.map((format) => (
        <Button
          key={format}
          icon={<DownloadOutlined aria-hidden />}
          title={t(`exportHint.${format}`)}
          disabled={isPending}
          loading={isPending && variables.format === format}
          onClick={() => mutate({ id, format, language })}
        >
          {t(`export.${format}`)}
        </Button>
      ))}
      {!isPending && error && <FailureAlert failure={failureOf(error) ?? 'unreachable'} />}
    </div>
  );
}
