import { oc } from '@orpc/contract';
import { z } from 'zod';
import { Failure } from '../errors.ts';
import { Stage } from '../notice.ts';
import { RowFault } from '../row-faults.ts';
import { Count, SizeBytes, Uuid } from '../values.ts';
import { Reason } from './archive.ts';
import { outcomeOf } from './outcome.ts';

/** `faults` says of each bad row what `failures` says of it as well, in parts that a screen can word. */
export const ImportReport = z.object({ imported: Count, unchanged: Count, failures: z.array(Failure), faults: z.array(RowFault) });
export type ImportReport = z.infer<typeof ImportReport>;

/** A list is handed over as its bytes: the station never opens a path that a client names. */
export const ListFile = z.object({ name: z.string().max(255), contentBase64: z.string() });

export const evidenceContract = {
  importCases: oc.input(ListFile).output(ImportReport),
  importPeople: oc.input(ListFile).output(ImportReport),
  link: oc
    .input(z.object({ recording: z.string().min(6).max(36), caseNumber: z.string().min(1).max(200), stage: Stage.nullable() }))
    .output(outcomeOf(z.object({ unitId: Uuid, caseId: Uuid, changed: z.boolean() }))),
  /** A legal hold: everything of the case is kept until it is released. */
  hold: oc.input(z.object({ caseNumber: z.string().min(1).max(200), reason: Reason })).output(outcomeOf(z.object({ changed: z.boolean() }))),
  release: oc.input(z.object({ caseNumber: z.string().min(1).max(200) })).output(outcomeOf(z.object({ changed: z.boolean() }))),
  export: oc
    .input(z.object({ caseNumber: z.string().min(1).max(200), out: z.string().min(1) }))
    .output(outcomeOf(z.object({ folder: z.string(), units: Count, files: Count, bytes: SizeBytes }))),
};
