export { accessOf, giveAccess, hasAdmin, type IdentityContext, listAccess } from './access.ts';
export { IDENTITY_PROJECTION } from './projection.ts';
export { createSessions, type Session, type Sessions } from './sessions.ts';
export { createSetUpCode, type SetUpCode, setUpAdmin, signIn } from './sign-in.ts';
