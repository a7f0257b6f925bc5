import { UploadOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportReport } from '../../../main/contract/api/evidence.ts';
import { ACTION_KINDS } from '../../../main/contract/notice.ts';
import { COLUMNS, type RowFault, rowFaultText } from '../../../main/contract/row-faults.ts';
import { api, failureOf } from '../../api/client.ts';
import { FailureText } from '../../ui/panels.tsx';
import css from './cases.module.css';

/** Largest list the station takes. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A page onto which a case list can be dropped, or chosen by button; says what was taken in and which rows were not. */
export function ImportCases({ children }: { children: ReactNode }) {
  const { t } = useTranslation('cases');
  const cache = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [tooLarge, setTooLarge] = useState(false);
  const importing = useMutation(api.cases.import.mutationOptions());
  const take = async (file: File | undefined) => {
    if (!file) return;
    importing.reset();
    setTooLarge(file.size > MAX_BYTES);
    if (file.size > MAX_BYTES) return;
    importing.mutate(
      { name: file.name, contentBase64: base64(new Uint8Array(await file.arrayBuffer())) },
      { onSuccess: () => void cache.invalidateQueries({ queryKey: api.cases.key() }) },
    );
  };
  return (
    <section
      className={css.drop}
      data-over={over}
      aria-label={t('import')}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        void take(event.dataTransfer.files[0]);
      }}
    >
      <div aria-live="polite">
        {tooLarge && <p className={css.report}>{t('tooLarge')}</p>}
        {importing.error && <ImportFailed error={importing.error} />}
        {importing.data && <Report report={importing.data} onClose={() => importing.reset()} />}
      </div>
      {children}
      <div className={css.import}>
        <Button icon={<UploadOutlined />} loading={importing.isPending} onClick={() => input.current?.click()}>
          {t('import')}
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".csv,.json,text/csv,application/json"
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <span>{t('importHint')}</span>
      </div>
    </section>
  );
}

function ImportFailed({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const failure = failureOf(error);
  return <div className={css.report}>{failure ? <FailureText failure={failure} /> : `${t('unreachable')} ${t('unreachableNext')}`}</div>;
}

function Report({ report, onClose }: { report: ImportReport; onClose: () => void }) {
  const { t } = useTranslation('cases');
  const close = useTranslation().t('close');
  const unreadable = report.failures.length > report.faults.length;
  return (
    <div className={css.report}>
      <div className={css.reportHead}>
        <strong>
          {unreadable ? t('nothingImported') : t('imported', { count: report.imported, unchanged: report.unchanged, failed: report.faults.length })}
        </strong>
        <Button onClick={onClose}>{close}</Button>
      </div>
      {unreadable && report.failures.map((one) => <FailureText key={one.code} failure={one} />)}
      <ul>
        {report.faults.map((one) => (
          <BadRow key={`${one.row} ${one.column}`} fault={one} />
        ))}
      </ul>
      {report.faults.some((one) => one.fault === 'not-in-list') && <Kinds />}
    </div>
  );
}

function BadRow({ fault }: { fault: RowFault }) {
  const { t, i18n } = useTranslation('cases');
  const language = i18n.language === 'en' ? 'en' : 'zh';
  return (
    <li>
      <b>{t('badRow', { row: fault.row, column: COLUMNS[fault.column][language] })}</b> {rowFaultText(fault, language)}
    </li>
  );
}

/** The kinds a list may name, as it has to write them. */
function Kinds() {
  const { t, i18n } = useTranslation('cases');
  const words = Object.entries(ACTION_KINDS).map(([id, { zh }]) => (i18n.language === 'en' ? id : zh));
  return <p className={css.quiet}>{t('kindsAre', { kinds: words.join(t('and')) })}</p>;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  // In pieces: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 32_768) text += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(text);
}
