import { Button } from 'antd';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';

const SignInDialog = lazy(() => import('./SignInDialog.tsx').then((module) => ({ default: module.SignInDialog })));

/** Opens the sign-in dialog, which is loaded then. With `className` it is a plain button around `children`. */
export function SignInButton({ className, children }: { className?: string; children?: ReactNode }) {
  const { t } = useTranslation('session');
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  const show = () => {
    setWanted(true);
    setOpen(true);
  };
  return (
    <>
      {className === undefined ? (
        <Button type="primary" size="large" onClick={show}>
          {t('signIn')}
        </Button>
      ) : (
        <button type="button" className={className} onClick={show}>
          {children}
        </button>
      )}
      {wanted && (
        <Suspense>
          <SignInDialog open={open} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
