import { KeyOutlined, LockOutlined, PlusOutlined, StopOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, client, failureOf, queryClient } from '../../api/client.ts';
import { ConfirmTwice } from '../../ui/ConfirmTwice.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { FailureAlert } from '../../ui/FailureAlert.tsx';
import { Loading } from '../../ui/Loading.tsx';
import { EmptyState, ErrorPanel } from '../../ui/panels.tsx';
import { TimeText } from '../../ui/text.tsx';
import { useSession } from '../session/index.ts';
import { AccessDialog } from './AccessDialog.tsx';
import { type Person, type Subject, subjectOf } from './person.ts';
import css from './station.module.css';

/** Who may do what, and the giving and taking of it. */
export function People() {
  const { t } = useTranslation('station');
  const { data, error, refetch } = useQuery(api.session.people.queryOptions());
  const [subject, setSubject] = useState<Subject | null>(null);
  if (error) return <ErrorPanel failure={failureOf(error)} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  return (
    <div className={css.column}>
      <div className={css.choices}>
        <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setSubject({ isNew: true, number: '', name: '', roles: [] })}>
          {t('giveAccess')}
        </Button>
        <span className={css.quiet}>{t('peopleHint')}</span>
      </div>
      {data.length === 0 ? <EmptyState title={t('noPeople')} /> : <PeopleTable people={data} onEdit={(person) => setSubject(subjectOf(person))} />}
      <AccessDialog subject={subject} onClose={() => setSubject(null)} />
    </div>
  );
}

function PeopleTable({ people, onEdit }: { people: Person[]; onEdit: (person: Person) => void }) {
  const { t } = useTranslation('station');
  const { t: ofSession } = useTranslation('session');
  const roles = (person: Person) => person.roles.map((role) => ofSession(`roles.${role}`)).join(t('and'));
  return (
    <DataTable
      label={t('tabs.people')}
      rows={people}
      keyOf={({ person }) => person.id}
      columns={[
        { id: 'name', title: t('name'), nowrap: true, cell: ({ person }) => <strong>{person.name ?? t('erased')}</strong> },
        { id: 'number', title: t('number'), nowrap: true, cell: ({ person }) => person.number ?? '—' },
        { id: 'roles', title: t('roles'), cell: (person) => (person.roles.length === 0 ? '—' : roles(person)) },
        { id: 'state', title: t('state'), nowrap: true, cell: (person) => <State person={person} /> },
        { id: 'acts', title: t('acts'), cell: (person) => <Acts person={person} onEdit={() => onEdit(person)} /> },
      ]}
    />
  );
}

function State({ person: { canSignIn, lockedUntil } }: { person: Person }) {
  const { t } = useTranslation('station');
  if (!canSignIn) {
    return (
      <span className={css.quiet}>
        <StopOutlined aria-hidden /> {t('noAccess')}
      </span>
    );
  }
  if (lockedUntil === null) {
    return (
      <span>
        <KeyOutlined aria-hidden /> {t('canSignIn')}
      </span>
    );
  }
  return (
    <span className={css.doubt}>
      <LockOutlined aria-hidden /> {t('lockedUntil')} <TimeText at={lockedUntil} as="clock" />
    </span>
  );
}

/** A person whose private record was erased has no number, so nothing can be given to them; oneself is not locked out. */
function Acts({ person, onEdit }: { person: Person; onEdit: () => void }) {
  const { t } = useTranslation('station');
  const { session } = useSession();
  const [trouble, setTrouble] = useState<Parameters<typeof FailureAlert>[0]['failure']>(null);
  const { number, name, id } = person.person;
  if (number === null || session?.person.id === id) return <span className={css.quiet}>{number === null ? '—' : t('yourself')}</span>;
  const takeAway = () =>
    client.session
      .giveAccess({ number, name: name ?? '', roles: [] })
      .then((outcome) => setTrouble(outcome.ok ? null : outcome.failure))
      .catch((error: unknown) => setTrouble(failureOf(error) ?? 'unreachable'))
      .finally(() => void queryClient.invalidateQueries({ queryKey: api.session.people.key() }));
  return (
    <div className={css.choices}>
      <Button aria-label={t('changeNamed', { name: name ?? number })} onClick={onEdit}>
        {t('change')}
      </Button>
      {person.canSignIn && (
        <ConfirmTwice calm act={t('takeAway')} thing={`${name ?? ''} ${number}`} onConfirm={takeAway}>
          <p>{t('takeAwayHint')}</p>
        </ConfirmTwice>
      )}
      <FailureAlert failure={trouble} />
    </div>
  );
}
