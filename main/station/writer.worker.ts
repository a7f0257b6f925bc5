import { serveWriter } from '../ledger/index.ts';
import { PROJECTIONS } from './projections.ts';

serveWriter(PROJECTIONS);
