// Who may import whom. Below the domains: contract <- store <- ledger <- vault; domains meet in the ledger only.
const domains = 'dock|ingest|media|evidence|archive|identity|reports';

import type { IFlattenedRuleSet } from 'dependency-cruiser';

export const rules: IFlattenedRuleSet = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'contract-stands-alone',
      severity: 'error',
      from: { path: '^main/contract/' },
      to: { path: '^(main/(?!contract/)|native/|fixtures/|build/)' },
    },
    { name: 'store-below-ledger', severity: 'error', from: { path: '^main/store/' }, to: { path: '^(main/(?!contract/|store/)|native/)' } },
    { name: 'ledger-below-vault', severity: 'error', from: { path: '^main/ledger/' }, to: { path: '^(main/(?!contract/|store/|ledger/)|native/)' } },
    {
      name: 'vault-below-domains',
      severity: 'error',
      from: { path: '^main/vault/' },
      to: { path: '^(main/(?!contract/|store/|ledger/|vault/)|native/)' },
    },
    {
      name: 'domains-meet-in-the-ledger',
      severity: 'error',
      from: { path: `^main/(${domains})/` },
      to: { path: `^main/(${domains}|station|shell)/`, pathNot: '^main/$1/' },
    },
    {
      name: 'through-the-front-door',
      severity: 'error',
      from: { path: '^main/([^/]+)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(main/[^/]+|native)/.+', pathNot: '^(main/$1/|main/contract/|(main/[^/]+|native)/index\\.ts$)' },
    },
    {
      name: 'shell-asks-the-station',
      severity: 'error',
      from: { path: '^main/shell/' },
      to: { path: '^(main/(?!contract/|station/|shell/)|native/)' },
    },
    {
      name: 'native-knows-the-contract-only',
      severity: 'error',
      from: { path: '^native/', pathNot: '\\.test\\.ts$' },
      to: { path: '^main/(?!contract/)' },
    },
    { name: 'only-electron-imports-electron', severity: 'error', from: { pathNot: '^main/shell/electron/' }, to: { path: '^electron$' } },
    { name: 'one-place-runs-ffmpeg', severity: 'error', from: { pathNot: '^main/media/' }, to: { path: '^main/media/run-tool' } },
    {
      name: 'nothing-imports-fixtures',
      severity: 'error',
      from: { path: '^(main|native|build|renderer)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^fixtures/' },
    },
    {
      name: 'product-needs-no-dev-packages',
      severity: 'error',
      from: { path: '^(main|native)/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
};
