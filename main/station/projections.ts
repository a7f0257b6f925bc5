import { ARCHIVE_PROJECTION, RECONCILIATION_PROJECTION } from '../archive/index.ts';
import { DOCK_PROJECTION } from '../dock/index.ts';
import { CATALOGUE_PROJECTION, EVIDENCE_PROJECTION } from '../evidence/index.ts';
import { IDENTITY_PROJECTION } from '../identity/index.ts';
import { INGEST_PROJECTION } from '../ingest/index.ts';
import type { Projection } from '../ledger/index.ts';
import { MEDIA_PROJECTION } from '../media/index.ts';
import { LONG_RUN_PROJECTION } from './long-run-projection.ts';
import { POLICY_PROJECTION } from './policy.ts';

/** Every projection of the station, in the order their tables are made. */
export const PROJECTIONS: readonly Projection[] = [
  POLICY_PROJECTION,
  DOCK_PROJECTION,
  INGEST_PROJECTION,
  MEDIA_PROJECTION,
  EVIDENCE_PROJECTION,
  CATALOGUE_PROJECTION,
  IDENTITY_PROJECTION,
  ARCHIVE_PROJECTION,
  RECONCILIATION_PROJECTION,
  LONG_RUN_PROJECTION,
];
