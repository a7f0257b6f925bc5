export { type ImportContext, importCases } from './import-cases.ts';
export { importPeople } from './import-people.ts';
export { linkUnit } from './links.ts';
export { EVIDENCE_PROJECTION } from './projection.ts';
export { deadlineStage, suggestStage } from './stages.ts';
