export { IdleWatch } from './IdleWatch.tsx';
export { keepAlive } from './keep-alive.ts';
export { Protected } from './Protected.tsx';
export { SignInButton } from './SignInButton.tsx';
export { forgetSession, useCan, useSession } from './use-session.ts';
