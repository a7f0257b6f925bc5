/** The newest entry of a type about a subject is asked for all the time; without this every entry of the type was looked at. */
export const migration020 = {
  number: 20,
  sql: `
DROP INDEX entries_by_subject;
CREATE INDEX entries_by_subject ON entries (subject_id, type, seq);
`,
};
