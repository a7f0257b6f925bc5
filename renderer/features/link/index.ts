export { UndoBanner } from './UndoBanner.tsx';
export { useLinking } from './use-linking.ts';
