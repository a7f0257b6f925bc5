export { type CaseListRow, findCase, listCases } from './case-list.ts';
export { CATALOGUE_PROJECTION } from './catalogue.ts';
export { type CatalogueFilter, type CatalogueRow, catalogueRow, listCatalogue, type SearchIds } from './catalogue-list.ts';
export { type ImportContext, importCases } from './import-cases.ts';
export { importPeople } from './import-people.ts';
export { linkUnit, type SetLink, setLinks } from './links.ts';
export { type MarkRow, marksOf, markUnit, unmarkUnit } from './marks.ts';
export { EVIDENCE_PROJECTION } from './projection.ts';
export { deadlineStage, suggestStage } from './stages.ts';
