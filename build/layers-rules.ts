// Who may import whom. Below the domains: contract <- store <- ledger <- vault; domains meet in the ledger only.
// A test may reach for a real ledger, station or camera; the product may not.
const TESTS = '\\.test\\.ts$';
const domains = 'dock|ingest|media|evidence|archive|identity|reports';

import type { IFlattenedRuleSet } from 'dependency-cruiser';

export const rules: IFlattenedRuleSet = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'contract-stands-alone',
      severity: 'error',
      from: { path: '^main/contract/', pathNot: TESTS },
      to: { path: '^(main/(?!contract/)|native/|fixtures/|build/)' },
    },
    {
      name: 'store-below-ledger',
      severity: 'error',
      from: { path: '^main/store/', pathNot: TESTS },
      to: { path: '^(main/(?!contract/|store/)|native/)' },
    },
    {
      name: 'ledger-below-vault',
      severity: 'error',
      from: { path: '^main/ledger/', pathNot: TESTS },
      to: { path: '^(main/(?!contract/|store/|ledger/)|native/)' },
    },
    {
      name: 'vault-below-domains',
      severity: 'error',
      from: { path: '^main/vault/', pathNot: TESTS },
      to: { path: '^(main/(?!contract/|store/|ledger/|vault/)|native/)' },
    },
    {
      name: 'domains-meet-in-the-ledger',
      severity: 'error',
      from: { path: `^main/(${domains})/`, pathNot: TESTS },
      to: { path: `^main/(${domains}|station|shell)/`, pathNot: '^main/$1/' },
    },
    {
      name: 'through-the-front-door',
      severity: 'error',
      from: { path: '^main/([^/]+)/', pathNot: TESTS },
      to: { path: '^(main/[^/]+|native)/.+', pathNot: '^(main/$1/|main/contract/|(main/[^/]+|native)/index\\.ts$)' },
    },
    {
      name: 'shell-asks-the-station',
      severity: 'error',
      from: { path: '^main/shell/', pathNot: TESTS },
      to: { path: '^(main/(?!contract/|station/|shell/)|native/)' },
    },
    {
      name: 'native-knows-the-contract-only',
      severity: 'error',
      from: { path: '^native/', pathNot: TESTS },
      to: { path: '^main/(?!contract/)' },
    },
    {
      name: 'screens-know-the-contract-only',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(main/(?!contract/)|native/|fixtures/|build/)' },
    },
    {
      name: 'features-meet-at-the-front-door',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/(app/|features/[^/]+/.+)', pathNot: '^renderer/features/($1/|[^/]+/index\\.ts$)' },
    },
    {
      name: 'shared-parts-know-no-feature',
      severity: 'error',
      from: { path: '^renderer/(ui|api|i18n)/' },
      to: { path: '^renderer/(app|features)/' },
    },
    {
      name: 'only-electron-imports-electron',
      severity: 'error',
      // The stand-in takes the typings alone.
      from: { pathNot: '^(main/shell/electron|fixtures/electron)/' },
      to: { path: '^(electron$|node_modules/electron/)' },
    },
    { name: 'one-place-runs-ffmpeg', severity: 'error', from: { pathNot: '^main/media/' }, to: { path: '^main/media/(run-tool|tool)' } },
    {
      name: 'nothing-imports-fixtures',
      severity: 'error',
      from: { path: '^(main|native|build|renderer)/', pathNot: TESTS },
      to: { path: '^fixtures/' },
    },
    {
      name: 'product-needs-no-dev-packages',
      severity: 'error',
      from: { path: '^(main|native)/', pathNot: TESTS },
      // The packager supplies Electron itself.
      to: { dependencyTypes: ['npm-dev'], pathNot: '^node_modules/electron/' },
    },
  ],
};
